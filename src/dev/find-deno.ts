import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** The binary of the package `deno` beside nofx, else the `deno` on PATH; undefined when neither runs here. */
export async function findDeno(): Promise<string | undefined> {
  for (const candidate of [installed(), 'deno']) if (candidate && (await runs(candidate))) return candidate
  return undefined
}

/**
 * The package's own launcher is a Node.js process that waits for the binary; a signal to it would leave Deno running.
 */
function installed(): string | undefined {
  try {
    const folder = dirname(createRequire(import.meta.url).resolve('deno/package.json'))
    return join(folder, process.platform === 'win32' ? 'deno.exe' : 'deno')
  } catch {
    return undefined
  }
}

async function runs(binary: string): Promise<boolean> {
  try {
    await promisify(execFile)(binary, ['--version'])
    return true
  } catch {
    return false
  }
}
