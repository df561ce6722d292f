import { spawnSync } from 'node:child_process'
import { cpSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

/** One way to compile the programs of this folder. */
export interface Setting {
  /** Path of another compiler's program; unless given, this repository's compiler runs in this process. */
  tsc?: string
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
  if (!tsc) return compileHere(root)
  const { stdout, stderr, status } = spawnSync(process.execPath, [tsc, '-p', root], { encoding: 'utf8' })
  return status === 0 ? '' : `${stdout}${stderr}` || `exit ${status}`
}

/** The language's own library is read once for all settings. */
const libraries = new Map<string, ts.SourceFile | undefined>()

/** As `tsc -p` does, without a process for each setting, and without a check of the language's own library itself. */
function compileHere(root: string): string {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(config, ts.sys, root)
  options.skipDefaultLibCheck = true
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  const folder = host.getDefaultLibLocation?.() ?? ''
  host.getSourceFile = (path, ...rest) => {
    if (!path.startsWith(folder)) return read(path, ...rest)
    if (!libraries.has(path)) libraries.set(path, read(path, ...rest))
    return libraries.get(path)
  }
  const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options, host))
  return ts.formatDiagnostics([...errors, ...found], host)
}
