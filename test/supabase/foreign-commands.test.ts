import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { deployFunction, SUPABASE } from '../../src/core/foreign-commands.ts'

const { NOFX_SUPABASE_CLI: two, NOFX_SUPABASE_CLI_3: three } = process.env
const clis = [two, three].filter((cli) => cli !== undefined)
if (clis.length === 0)
  console.warn('skipped: the Supabase CLI (npm run check:supabase installs it and comes back)')

/** What the CLI answers to a command that it understands, for want of an account: it never comes to a request. */
const UNDERSTOOD = /Have you run supabase link\?|Access token not provided|Cannot use automatic login flow/
const VALUES = { '<ref>': 'abcdefghijklmnopqrst', '<secret>': 'whsec_0123456789' }
const commands = [...Object.values(SUPABASE), deployFunction('registry_agents_sync')]

let checkout: string
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'nofx-foreign-'))
  cpSync('supabase', join(checkout, 'supabase'), { recursive: true })
})
afterAll(() => rmSync(checkout, { recursive: true, force: true }))

/** Runs a command of a hint as printed, with a value for each blank, and no terminal, account or settings. */
async function run(cli: string, command: string): Promise<string> {
  const filled = Object.entries(VALUES).reduce((text, [blank, value]) => text.replace(blank, value), command)
  const [, ...args] = filled.split(' ')
  const { PATH = '' } = process.env
  const env = { PATH, HOME: checkout, SUPABASE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
  const running = promisify(execFile)(cli, args, { cwd: checkout, env, timeout: 60_000 })
  running.child.stdin?.end()
  return running.then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr }) => stdout + stderr,
  )
}

describe.skipIf(clis.length === 0).each(clis.length ? clis : ['no CLI'])('%s', (cli) => {
  test.each(commands)('understands: %s', async (command) => {
    expect(await run(cli, command)).toMatch(UNDERSTOOD)
  })

  test('does not understand a flag that it lacks, so the other tests can fail', async () => {
    expect(await run(cli, `${SUPABASE.pushDatabase} --no-such-flag`)).not.toMatch(UNDERSTOOD)
  })
})
