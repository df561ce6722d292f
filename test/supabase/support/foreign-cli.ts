import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll } from 'vitest'
import { REF } from './management-api.ts'

const { NOFX_SUPABASE_CLI: two, NOFX_SUPABASE_CLI_3: three } = process.env

/** The paths of both versions of the Supabase CLI; none unless `npm run check:supabase` installed them. */
export const CLIS = [two, three].filter((cli) => cli !== undefined)
if (CLIS.length === 0)
  console.warn('skipped: the Supabase CLI (npm run check:supabase installs it and comes back)')

/** Values for the blanks of commands. */
export const VALUES = { '<ref>': REF, '<secret>': 'whsec_0123456789' }

export interface CliRun {
  /** A profile for a server on this machine; the CLI gets a token for it. */
  profile?: string
  more?: readonly string[]
  env?: NodeJS.ProcessEnv
  /** The loopback address of a host name that the CLI looks up. */
  host?: { name: string; address: string }
}

/** A checkout of this repository, as far as the Supabase CLI needs it, for the tests of a file. */
export function useCheckout() {
  let folder = ''
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'nofx-foreign-'))
    for (const part of ['supabase', 'src']) cpSync(part, join(folder, part), { recursive: true })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return {
    path: () => folder,
    /** A link would hold for the other tests too. */
    unlink: () => rmSync(join(folder, 'supabase/.temp'), { recursive: true, force: true }),
    /** Runs a command of a hint as printed, with a value for each blank, and no terminal or settings. */
    run: (cli: string, command: string, options: CliRun = {}) => run(folder, cli, command, options),
  }
}

async function run(folder: string, cli: string, command: string, options: CliRun): Promise<string> {
  const { profile, more = [], env: variables, host } = options
  const filled = Object.entries(VALUES).reduce((text, [blank, value]) => text.replace(blank, value), command)
  const [, ...args] = [...filled.split(' '), ...more, ...(profile ? ['--profile', profile] : [])]
  const { PATH = '' } = process.env
  const account = profile ? { SUPABASE_ACCESS_TOKEN: `sbp_${'0123456789'.repeat(4)}` } : {}
  const quiet = { SUPABASE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
  const env = { PATH, ...account, HOME: folder, ...quiet, ...variables }
  const [program = cli, ...words] = host ? [...inMount(folder, host), cli, ...args] : [cli, ...args]
  const running = promisify(execFile)(program, words, { cwd: folder, env, timeout: 60_000 })
  running.child.stdin?.end()
  return running.then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr }) => stdout + stderr,
  )
}

/** The start of a command line that gives a program a file of host names of its own. */
export function inMount(folder: string, { name, address }: { name: string; address: string }): string[] {
  const path = join(folder, 'hosts')
  writeFileSync(path, `127.0.0.1 localhost\n${address} ${name}\n`)
  const script = `mount --bind '${path}' /etc/hosts && exec "$@"`
  return ['unshare', '--map-root-user', '--mount', 'sh', '-c', script, 'sh']
}
