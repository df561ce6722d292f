import { spawnSync } from 'node:child_process'
import { describe, expect, onTestFinished, test } from 'vitest'
import { SUPABASE } from '../../src/core/foreign-commands.ts'
import { readMigrations } from '../harness/prepare.ts'
import { emptyProject } from './support/empty-project.ts'
import { CLIS, inMount, useCheckout } from './support/foreign-cli.ts'
import { POOLER_DOMAIN, serveManagementApi } from './support/management-api.ts'
import { openPooler } from './support/pooler.ts'

const checkout = useCheckout()

/** The CLI calls the pooler on PostgreSQL's own port, which 127.0.0.1 may use already. */
const HOST = { name: `db.${POOLER_DOMAIN}`, address: '127.13.5.4' }

/** Whether a program may have its own file of host names here. */
function canMount(): boolean {
  const [program = '', ...args] = [...inMount(checkout.path(), HOST), 'true']
  return spawnSync(program, args).status === 0
}

/** A linked checkout, and the API that it is linked to. */
async function linked(cli: string, database?: string) {
  const api = await serveManagementApi(database)
  onTestFinished(() => api.close())
  onTestFinished(checkout.unlink)
  const profile = api.writeProfile(checkout.path())
  expect(await checkout.run(cli, SUPABASE.link, { profile })).toContain('Finished supabase link')
  return { api, profile }
}

describe.skipIf(CLIS.length === 0).each(CLIS.length ? CLIS : ['no CLI'])('%s, linked to a project', (cli) => {
  test('shows and pushes what supabase/config.toml names, and leaves everything else as it is', async () => {
    const { api, profile } = await linked(cli)
    const before = structuredClone(api.config)
    const diff = await checkout.run(cli, SUPABASE.diffConfig, { profile })
    for (const name of [
      'api.max_rows',
      'api.schemas',
      'auth.enable_signup',
      'auth.enable_anonymous_sign_ins',
    ])
      expect(diff).toMatch(new RegExp(`^${name} \\[update\\]`, 'm'))
    // Without a terminal, version 3 asks for --yes and changes nothing.
    await checkout.run(cli, SUPABASE.pushConfig, { profile, more: ['--yes'] })
    expect(api.config).toEqual({
      auth: { ...before.auth, disable_signup: true, external_anonymous_users_enabled: false },
      api: { ...before.api, db_schema: 'public', max_rows: 1000 },
    })
    expect(await checkout.run(cli, SUPABASE.diffConfig, { profile })).toContain('(0 update, ')
  })

  test('applies the migrations once', async (context) => {
    context.skip(!canMount(), 'needs unshare(1), for a file of host names')
    const db = await emptyProject()
    await openPooler(db, HOST.address)
    const { profile } = await linked(cli, new URL(db.url).pathname.slice(1))
    const options = { profile, more: ['--yes'], host: HOST, env: { SUPABASE_DB_PASSWORD: 'secret' } }
    expect(await checkout.run(cli, SUPABASE.pushDatabase, options)).toContain('Finished supabase db push')
    const applied = await db.query('select version from supabase_migrations.schema_migrations order by 1')
    expect(applied.map(({ version }) => version)).toEqual(
      readMigrations().map(({ name }) => name.slice(0, 14)),
    )
    expect(await checkout.run(cli, SUPABASE.pushDatabase, options)).toContain('up to date')
  })
})
