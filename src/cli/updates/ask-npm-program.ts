// The program that runs in the background, without a terminal: asks npm's registry for the newest release of a package
// and writes it to a file. Whatever goes wrong, the file keeps what it had: node ask-npm.js <package> <file>
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { writeAtomically } from '../../core/disk/write-atomically.ts'
import { isRelease } from './release.ts'

/** How long npm, and then its registry, may take to answer, milliseconds. */
const WITHIN_MS = 10_000
/** What npm publishes of one version is far smaller. */
const MOST_BYTES = 256 * 1024

/**
 * The registry that npm is configured with. Global mode leaves out the .npmrc of the project, which may come from
 * anybody and name any host.
 */
async function findRegistry(): Promise<URL> {
  const ask = ['config', 'get', 'registry', '--global', '--loglevel=silent', '--logs-max=0']
  // On Windows npm is a batch file, which does not start without a shell; its program lies beside Node.js.
  const program = join(dirname(process.execPath), 'node_modules/npm/bin/npm-cli.js')
  const [command, args] = existsSync(program) ? [process.execPath, [program, ...ask]] : ['npm', ask]
  const limits = { timeout: WITHIN_MS, killSignal: 'SIGKILL', maxBuffer: 8_192, windowsHide: true } as const
  const { stdout } = await promisify(execFile)(command, args, limits)
  return new URL(stdout.trim().replace(/\/*$/, '/'))
}

/** The version in the registry's document of the newest release. */
async function findNewest(name: string, registry: URL): Promise<unknown> {
  const signal = AbortSignal.timeout(WITHIN_MS)
  const answer = await fetch(new URL(`${name.replace('/', '%2f')}/latest`, registry), { signal })
  if (!answer.ok || !answer.body) return undefined
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length
    if (size > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8')).version
}

async function main([name = '', path = '']: string[]): Promise<void> {
  const version = await findNewest(name, await findRegistry())
  if (typeof version === 'string' && isRelease(version)) writeAtomically(path, `${version}\n`)
}

main(process.argv.slice(2)).catch(() => {
  process.exitCode = 1
})
