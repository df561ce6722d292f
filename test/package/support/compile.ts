import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** One way to compile the programs of this folder. */
export interface Setting {
  /** Path of the compiler's program. */
  tsc: string
  /** Which programs; unless given, those that need nothing but the package. */
  files?: string[]
  /** Programs that are in the project already. */
  inPlace?: string[]
  options?: Record<string, unknown>
}

/** The strictest options that users have: no check is skipped, and nothing but the language's own library is known. */
const STRICT = {
  target: 'es2022',
  lib: ['es2022'],
  types: [] as string[],
  strict: true,
  noEmit: true,
  skipLibCheck: false,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
}

/** The resolutions of bundlers and of Node.js. */
export const RESOLUTIONS: Record<string, Record<string, string>> = {
  bundler: { module: 'esnext', moduleResolution: 'bundler' },
  NodeNext: { module: 'nodenext', moduleResolution: 'nodenext' },
}

/** Compiles in a project that has the package; returns what the compiler prints. */
export function compile(root: string, setting: Setting): string {
  const { tsc, files = ['runtime.ts', 'kind.ts'], inPlace = [], options = {} } = setting
  const copied = files.length > 0 ? [...files, 'kind.ts'] : []
  for (const file of copied) cpSync(join('test/package/programs', file), join(root, file))
  const compilerOptions = { ...STRICT, ...options }
  writeFileSync(
    join(root, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, files: [...files, ...inPlace] }),
  )
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, '-p', root], { encoding: 'utf8' })
  return status === 0 ? '' : `${stdout}${stderr}` || `exit ${status}`
}
