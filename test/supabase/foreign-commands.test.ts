import { execFile } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { deployFunction, SUPABASE } from '../../src/core/foreign-commands.ts'
import { REF, serveManagementApi } from './support/management-api.ts'

const { NOFX_SUPABASE_CLI: two, NOFX_SUPABASE_CLI_3: three } = process.env
const clis = [two, three].filter((cli) => cli !== undefined)
if (clis.length === 0)
  console.warn('skipped: the Supabase CLI (npm run check:supabase installs it and comes back)')

/** What the CLI answers to a command that it understands, for want of an account: it never comes to a request. */
const UNDERSTOOD = /Have you run supabase link\?|Access token not provided|Cannot use automatic login flow/
const VALUES = { '<ref>': REF, '<secret>': 'whsec_0123456789' }
const commands = [...Object.values(SUPABASE), deployFunction('registry_agents_sync')]

let checkout: string
beforeAll(() => {
  checkout = mkdtempSync(join(tmpdir(), 'nofx-foreign-'))
  for (const folder of ['supabase', 'src']) cpSync(folder, join(checkout, folder), { recursive: true })
})
afterAll(() => rmSync(checkout, { recursive: true, force: true }))

/** Runs a command of a hint as printed, with a value for each blank, and no terminal, account or settings. */
async function run(cli: string, command: string, more: readonly string[] = []): Promise<string> {
  const filled = Object.entries(VALUES).reduce((text, [blank, value]) => text.replace(blank, value), command)
  const [, ...args] = filled.split(' ')
  const { PATH = '' } = process.env
  const account = more.length > 0 ? { SUPABASE_ACCESS_TOKEN: `sbp_${'0123456789'.repeat(4)}` } : {}
  const env = { PATH, ...account, HOME: checkout, SUPABASE_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1' }
  const running = promisify(execFile)(cli, [...args, ...more], { cwd: checkout, env, timeout: 60_000 })
  running.child.stdin?.end()
  return running.then(
    ({ stdout, stderr }) => stdout + stderr,
    ({ stdout, stderr }) => stdout + stderr,
  )
}

/** Imports of the uploaded files that neither another of them nor the import map has. */
function missingImports(name: string, files: ReadonlyMap<string, string>): string[] {
  const { imports } = JSON.parse(files.get(`supabase/functions/${name}/deno.json`) ?? '{}')
  return [...files].flatMap(([path, text]) => {
    if (!path.endsWith('.ts')) return []
    const wanted = [...text.matchAll(/^(?:import|export|\}) (?!type ).*?from '([^']+)'/gm)].map(
      ([, one]) => one ?? '',
    )
    return wanted.filter((one) => {
      if (one.startsWith('.')) return !files.has(posix.join(posix.dirname(path), one))
      return !/^(?:node|npm|jsr):/.test(one) && !(one in imports)
    })
  })
}

describe.skipIf(clis.length === 0).each(clis.length ? clis : ['no CLI'])('%s', (cli) => {
  test.each(commands)('understands: %s', async (command) => {
    expect(await run(cli, command)).toMatch(UNDERSTOOD)
  })

  test('links a project, deploys the functions with every file that they import, and sets the secret', async () => {
    const api = await serveManagementApi()
    onTestFinished(() => api.close())
    // The link would hold for the other tests too.
    onTestFinished(() => rmSync(join(checkout, 'supabase/.temp'), { recursive: true, force: true }))
    const profile = ['--profile', api.writeProfile(checkout)]
    expect(await run(cli, SUPABASE.link, profile)).toContain('Finished supabase link')
    expect(await run(cli, SUPABASE.deployFunctions, profile)).toContain('Deployed Functions')
    const names = readdirSync('supabase/functions').filter((name) => name.startsWith('registry_'))
    expect([...api.functions.keys()].sort()).toEqual(names.sort())
    for (const [name, { metadata, files }] of api.functions) {
      expect(metadata).toMatchObject({
        entrypoint_path: expect.stringContaining(`supabase/functions/${name}/index.ts`),
        verify_jwt: false,
      })
      expect(files.size).toBeGreaterThan(5)
      expect(missingImports(name, files)).toEqual([])
      for (const [path, text] of files) expect(text, path).toBe(readFileSync(path, 'utf8'))
    }
    expect(await run(cli, deployFunction('registry_agents_sync'), profile)).toContain('registry_agents_sync')
    expect(await run(cli, SUPABASE.diffConfig, profile)).toContain('auth.enable_signup')
    expect(await run(cli, SUPABASE.setEventsSecret, profile)).toContain('Finished supabase secrets set')
    expect(api.secrets).toEqual([{ name: 'NOFX_EVENTS_SECRET', value: VALUES['<secret>'] }])
  })

  test('does not understand a flag that it lacks, so the other tests can fail', async () => {
    expect(await run(cli, `${SUPABASE.pushDatabase} --no-such-flag`)).not.toMatch(UNDERSTOOD)
  })
})
