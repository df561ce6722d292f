import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { deployFunction, SUPABASE } from '../../src/core/foreign-commands.ts'
import { CLIS, useCheckout, VALUES } from './support/foreign-cli.ts'
import { serveManagementApi } from './support/management-api.ts'

/** What the CLI answers to a command that it understands, for want of an account: it never comes to a request. */
const UNDERSTOOD = /Have you run supabase link\?|Access token not provided|Cannot use automatic login flow/
const commands = [...Object.values(SUPABASE), deployFunction('registry_agents_sync')]

const checkout = useCheckout()

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

describe.skipIf(CLIS.length === 0).each(CLIS.length ? CLIS : ['no CLI'])('%s', (cli) => {
  test.each(commands)('understands: %s', async (command) => {
    expect(await checkout.run(cli, command)).toMatch(UNDERSTOOD)
  })

  test('links a project, deploys the functions with every file that they import, and sets the secret', async () => {
    const api = await serveManagementApi()
    onTestFinished(() => api.close())
    onTestFinished(checkout.unlink)
    const profile = api.writeProfile(checkout.path())
    expect(await checkout.run(cli, SUPABASE.link, { profile })).toContain('Finished supabase link')
    expect(await checkout.run(cli, SUPABASE.deployFunctions, { profile })).toContain('Deployed Functions')
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
    expect(await checkout.run(cli, deployFunction('registry_agents_sync'), { profile })).toContain(
      'registry_agents_sync',
    )
    expect(await checkout.run(cli, SUPABASE.setEventsSecret, { profile })).toContain(
      'Finished supabase secrets set',
    )
    expect(api.secrets).toEqual([{ name: 'NOFX_EVENTS_SECRET', value: VALUES['<secret>'] }])
  })

  test('does not understand a flag that it lacks, so the other tests can fail', async () => {
    expect(await checkout.run(cli, `${SUPABASE.pushDatabase} --no-such-flag`)).not.toMatch(UNDERSTOOD)
  })
})
