import { type ChildProcess, spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'

export interface DenoOptions {
  /** The Deno binary. */
  binary: string
  /** The checkout: its `node_modules` has the packages that the function's import map names. */
  root: string
  /** The function's entry file, beside its `deno.json`. */
  entry: string
  /** The variables that the function may read. */
  env: Record<string, string>
  /** Receives every line that the function prints. */
  log: (line: string) => void
}

/** A running function. */
export interface DenoProcess {
  /** The address that it listens on, such as `http://127.0.0.1:49152`. */
  origin: string
  /** Resolves when the process has ended, for whatever reason. */
  ended: Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a function under Deno and waits until it listens. It may connect only to this machine and `SUPABASE_URL`, and
 * read only the checkout; its packages come from `node_modules`, so that nothing is downloaded.
 * @throws Error when the process ends instead; its output is in the log
 */
export async function startDeno(options: DenoOptions): Promise<DenoProcess> {
  const { binary, root, env, log } = options
  const { PATH = '', HOME, LOCALAPPDATA, DENO_DIR } = process.env
  const ours = { PATH, HOME, LOCALAPPDATA, DENO_DIR, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }
  const child = spawn(binary, argumentsFor(options), {
    cwd: root,
    env: { ...ours, ...env, DENO_SERVE_ADDRESS: 'tcp:127.0.0.1:0' },
  })
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve())
    child.once('error', (error) => {
      log(error.message)
      resolve()
    })
  })
  const origin = await Promise.race([listening(child, log), ended])
  if (!origin) throw new Error('the process ended before it listened')
  const stop = async () => {
    child.kill()
    await ended
  }
  return { origin, ended, stop }
}

function argumentsFor({ root, entry, env }: DenoOptions): string[] {
  const hosts = ['127.0.0.1', ...(env.SUPABASE_URL ? [new URL(env.SUPABASE_URL).host] : [])]
  return [
    'run',
    '--no-prompt',
    // The function's own deno.json is the import map, and no other file of the checkout configures the process.
    ...['--no-config', '--no-lock', '--no-remote', '--cached-only', '--node-modules-dir=manual'],
    `--import-map=${join(dirname(entry), 'deno.json')}`,
    `--allow-net=${hosts.join()}`,
    // The process may read its whole environment, which holds
    // only `env`: packages also read variables that are not set.
    '--allow-env',
    `--allow-read=${root}`,
    join(root, 'src/dev/run-function.ts'),
    entry,
  ]
}

/** Passes on every line but the one with the function's address, to which the promise resolves. */
function listening(child: ChildProcess, log: (line: string) => void): Promise<string> {
  return new Promise((resolve) => {
    for (const input of [child.stdout, child.stderr]) {
      if (!input) continue
      createInterface({ input }).on('line', (line) => {
        const origin = /^Listening on (http:\/\/[^/\s]+)/.exec(line)?.[1]
        if (origin) resolve(origin)
        else if (line) log(line)
      })
    }
  })
}
