import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { buildSync } from 'esbuild'

const ROOT = join(import.meta.dirname, '../../..')
const CACHE = join(ROOT, 'node_modules/.cache/nofx-tests')

const LITE = [
  ['@supabase/lite', 'index.mjs'],
  ['@supabase/lite/postgres', 'postgres.mjs'],
  ['kysely', 'kysely.mjs'],
] as const

/** Bundles a TypeScript file of the tests, so that plain `node` of any supported version can run it. */
export function buildScript(file: string): string {
  const { outputFiles } = buildSync({
    entryPoints: [file],
    bundle: true,
    packages: 'external',
    // The embedded cloud as it is built, as in vitest.config.ts.
    alias: Object.fromEntries(LITE.map(([name, file]) => [name, join(ROOT, 'dist/lite', file)])),
    external: [join(ROOT, 'dist/lite/*')],
    platform: 'node',
    format: 'esm',
    write: false,
  })
  const [output] = outputFiles
  const hash = createHash('sha256').update(output!.contents).digest('hex').slice(0, 16)
  const path = join(CACHE, `${basename(file, '.ts')}-${hash}.mjs`)
  mkdirSync(CACHE, { recursive: true })
  writeFileSync(path, output!.contents)
  return path
}

/** A running script whose output can be waited for. */
export interface Running {
  child: ChildProcess
  pid: number
  /** Resolves when a line of stdout holds `text`. */
  says(text: string): Promise<string>
  /** All output and the exit status, once it has ended. */
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null; stdout: string; stderr: string }>
}

export function runScript(path: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Running {
  const child = spawn(process.execPath, [path, ...args], { env: { ...process.env, ...env } })
  let stdout = ''
  let stderr = ''
  const watchers = new Set<() => void>()
  child.stdout.on('data', (data) => {
    stdout += data
    for (const watcher of watchers) watcher()
  })
  child.stderr.on('data', (data) => {
    stderr += data
  })
  const ended = new Promise<Awaited<Running['ended']>>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }))
  })
  const says = (text: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const line = stdout.split('\n').find((one) => one.includes(text))
        if (line !== undefined) resolve(line)
      }
      watchers.add(look)
      look()
      ended.then(() => reject(new Error(`ended without saying "${text}": ${stdout}${stderr}`)))
    })
  return { child, pid: child.pid!, says, ended }
}
