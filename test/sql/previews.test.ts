import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { become, PUBLISHER, type Row } from '../harness/database.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { createDatabase, type PostgresDatabase } from '../harness/postgres.ts'
import { CALLERS } from './support/access-matrix.ts'
import { leftOf, PreviewUnderTest, previews, raised, schemaOf } from './support/preview-under-test.ts'
import { fresh, RegistryUnderTest, refusalOf } from './support/registry-under-test.ts'

const HOSTILE = [
  '',
  'x"; drop schema public cascade; --',
  "x'; drop table public.registry_heads; --",
  '../agents',
  'a/b',
  'a_b',
  'a%',
  '-a',
  'a-',
  'A',
  'a'.repeat(41),
  'ä',
  'a\n',
  ' a',
  'K',
  null,
]

describe('previews', () => {
  let database: PostgresDatabase
  const db = () => database
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())

  const refused: [what: string, request: Row, expected: Row, message: RegExp][] = [
    [
      'the name of another origin',
      { name: 'taken', origin: 'owner/repo#refs/pull/2/merge' },
      { sqlstate: 'PT409', code: 'CONFLICT', detail: { preview: 'taken', origin: 'local' } },
      /the preview taken belongs to local/,
    ],
    [
      'a life longer than allowed',
      { name: 'x', ttlHours: 721 },
      { sqlstate: 'PT422', code: 'REFUSED', detail: { rule: 'NOFX_PREVIEW_TTL', limit: 720 } },
      /cannot live for 721 hours/,
    ],
    [
      'a life of no hours',
      { name: 'x', ttlHours: 0 },
      { sqlstate: 'PT422', detail: { rule: 'NOFX_PREVIEW_TTL', limit: 720 } },
      /0 hours/,
    ],
    [
      'a life of words',
      { name: 'x', ttlHours: '1 year' },
      { sqlstate: 'PT422', detail: { rule: 'NOFX_PREVIEW_TTL', limit: 720 } },
      /1 year/,
    ],
    [
      'no origin',
      { name: 'x', origin: '' },
      { sqlstate: 'PT422', code: 'REFUSED' },
      /^the request has no preview origin or no actor$/,
    ],
  ]
  test.each(refused)('refuse %s, and make nothing', async (_, { name, ...more }, expected, message) => {
    await previews(db()).up('taken')
    const refusal = await refusalOf(db(), () => previews(db()).up(name, more))
    expect(refusal).toMatchObject({ ...expected, left: false })
    expect(refusal.message).toMatch(message)
    expect(await leftOf(db().query)).toMatchObject({ schemas: 1, rows: 1 })
  })

  test('are limited in number and lifetime by the policy', async () => {
    const { up, down } = previews(db())
    await down('taken')
    await db().query(
      `insert into public.registry_policies (kind, preview_count, preview_days) values ('*', 1, 2)`,
    )
    const one = await up('one')
    expect(Date.parse(one.expiresAt) - Date.parse(String(one.createdAt))).toBe(48 * 3_600_000)
    await up('one')
    expect(await refusalOf(db(), () => up('two'))).toMatchObject({
      sqlstate: 'PT422',
      detail: { rule: 'NOFX_PREVIEW_QUOTA', limit: 1 },
    })
    await down('one')
    await db().query(`delete from public.registry_policies where kind = '*'`)
  })

  test('of one repository, or of publishers, leave a share of the quota to others', async () => {
    const entry = (repository: string) => ({ repository, previews: true })
    const identities = JSON.stringify([entry('octo/a'), entry('octo/b')])
    await db().query(
      `insert into public.registry_policies (kind, preview_count, identities) values ('*', 10, '${identities}')`,
    )
    const { up, down, list } = previews(db())
    const of = (who: string) =>
      who.includes('/')
        ? { origin: `${who}#refs/pull/1/merge`, holder: 'identity', repository: who }
        : { holder: 'publisher' }
    const most: Record<string, number> = { 'octo/a': 4, 'octo/b': 4, people: 2 }
    for (const [who, share] of Object.entries(most)) {
      const name = (at: number) => `${who.replace('/', '-')}-${at}`
      for (let at = 0; at < share; at++) await up(name(at), of(who))
      // The same preview again takes no further place in the quota.
      await up(name(0), of(who))
      expect(await refusalOf(db(), () => up(name(share), of(who)))).toMatchObject({
        sqlstate: 'PT422',
        detail: { rule: 'NOFX_PREVIEW_QUOTA' },
      })
    }
    for (const { name } of await list()) await down(name)
    await db().query(`delete from public.registry_policies where kind = '*'`)
  })

  test('are listed for the sweeper if they are expired, partly removed, or only bundles remain', async () => {
    const { up, list, down, close, expired, empty } = previews(db())
    for (const name of ['alive', 'dead', 'half', 'saved']) await up(name)
    await db().query(
      `update public.registry_previews set expires_at = now() - interval '1 minute' where name in ('dead', 'saved')`,
    )
    await close('half')
    await db().query(
      `insert into storage.objects (bucket_id, name) select 'registry', unnest(array[
        'preview-gone/agents/a/x.tar.gz', 'preview-kind/a/x.tar.gz', 'preview-alive/agents/a/x.tar.gz', 'preview-Bad/a/b/c'])`,
    )
    const dead = new PreviewUnderTest(db(), 'dead')
    await expect(dead.head('a')).rejects.toMatchObject({
      code: 'PT404',
      message: /^the preview "dead" does not exist or has expired$/,
    })
    expect((await list()).filter((one) => one.expired).map((one) => one.name)).toEqual(['dead', 'saved'])
    const names = await expired()
    expect(names).toEqual(['dead', 'gone', 'half', 'saved'])
    // A caller that prolongs an expired preview before the sweeper runs keeps it.
    expect(await up('saved')).toMatchObject({ created: false, expired: false })
    for (const name of names) {
      const { closed } = await close(name, true)
      expect(closed).toBe(name !== 'saved')
      if (!closed) continue
      await empty(name)
      await down(name)
    }
    expect(await expired()).toEqual([])
    await empty('alive')
    for (const name of ['alive', 'saved']) await down(name)
    await db().query(`delete from storage.objects where name like 'preview-%'`)
    expect(await leftOf(db().query)).toEqual({ schemas: 0, rows: 0, functions: 0, objects: 0 })
  })

  test('are made again after a migration: empty, with the new functions', async () => {
    const preview = await raised(db(), 'old')
    await preview.publish([{ id: 'a' }])
    await db().run('alter table public.registry_releases add column note text')
    await expect(preview.rows('registry_releases')).rejects.toMatchObject({ code: 'PT409', hint: /up old/ })
    expect(await previews(db()).up('old')).toMatchObject({ created: true })
    expect(await preview.rows('registry_releases')).toEqual([])
    await preview.publish([{ id: 'a' }])
    expect(await preview.rows('registry_releases')).toMatchObject([{ note: null }])
    await db().run('alter table public.registry_releases drop column note')
    await previews(db()).empty('old')
    await previews(db()).down('old')
  })

  test.each(HOSTILE)('never have a name like %j, whichever caller asks', async (name) => {
    const { up, down, close, objects } = previews(db())
    const before = await leftOf(db().query)
    const there = new PreviewUnderTest(db(), name as string)
    for (const act of [
      () => up(name),
      () => down(name),
      () => close(name),
      () => objects(name),
      () => there.head('a'),
      () => there.rows('registry_heads'),
      () => there.promote('a'),
      () => there.changes(),
    ])
      expect(await refusalOf(db(), act)).toMatchObject({
        sqlstate: 'PT422',
        code: 'REFUSED',
        detail: { rule: 'NOFX_PREVIEW_NAME' },
        left: false,
      })
    expect(await leftOf(db().query)).toEqual(before)
  })

  test('are written only by publishers and secret keys, and read only by publishers', async () => {
    const preview = await raised(db(), 'mine')
    await preview.publish([{ id: 'secret', state: 'draft' }])
    const asked = {
      rows: `select id from public.preview_registry_heads('mine')`,
      read: `select public.registry_preview_read('mine', 'registry_list', '{"p_kind": "${preview.kind}", "p_query": {}}')
        #>> '{items,0,id}' as id`,
      write: `select public.registry_preview_write('mine', 'registry_promote', '{"p_request": {}}')::text as id`,
      list: `select 'all' as id from public.registry_preview_list()`,
      schema: `select id from ${schemaOf('mine')}.registry_heads`,
      table: `select id from ${schemaOf('mine')}.own_heads`,
    }
    const seen: Record<string, Row> = {}
    for (const [what, sql] of Object.entries(asked)) {
      seen[what] = {}
      for (const [name, caller] of Object.entries(CALLERS))
        seen[what]![name] = await db()
          .as(caller, (query) => query(sql))
          .then(
            (rows) => rows.find((row) => row.id === 'secret')?.id ?? rows[0]?.id,
            (error: { code: string }) => error.code,
          )
    }
    const nobody = { anon: '42501', user: '42501', publisher: '42501', service: '42501' }
    expect(seen).toEqual({
      rows: { anon: '42501', user: 'PT403', publisher: 'secret', service: 'secret' },
      read: { anon: '42501', user: 'PT403', publisher: 'secret', service: 'secret' },
      write: { ...nobody, service: 'PT422' },
      list: { ...nobody, service: 'all' },
      schema: nobody,
      table: nobody,
    })
    expect(await checkInvariants(db())).toEqual([])
    // In a read-only transaction, as a GET.
    const rows = await db().transaction(async (query) => {
      await query('set transaction read only')
      await become(query, PUBLISHER)
      return query(`select id from public.preview_registry_heads('mine', $1, 'secret')`, [preview.kind])
    })
    expect(rows).toEqual([{ id: 'secret' }])
  })

  test.each([
    'registry_claim_token',
    'registry_prune_events',
    'registry_add_webhook',
    'registry_preview_down',
    'registry_finish',
    'pg_sleep',
    'registry_list(); drop schema public; --',
  ])('have no function %s', async (name) => {
    await previews(db()).up('mine')
    for (const door of ['read', 'write'])
      expect(
        await refusalOf(db(), () =>
          new RegistryUnderTest(db()).call(`registry_preview_${door}`, 'mine', name, { p_request: {} }),
        ),
      ).toMatchObject({ sqlstate: 'PT404', code: 'NOT_FOUND', left: false })
  })

  test('have no function that writes a table of production, or waits for one of its locks', async () => {
    await previews(db()).up('mine')
    const functions = await db().query<{ proname: string; prosrc: string }>(
      `select proname, prosrc from pg_proc where pronamespace = $1::regnamespace`,
      [schemaOf('mine')],
    )
    expect(functions.length).toBeGreaterThan(30)
    const named = new Set<string>()
    for (const { proname, prosrc } of functions) {
      for (const [, name] of prosrc.matchAll(/public\.(\w+)/g)) named.add(`${name}`)
      expect(prosrc, proname).not.toMatch(/(insert into|update|delete from)\s+public\./)
      if (prosrc.includes('hashtextextended'))
        expect(prosrc, proname).toContain(`hashtextextended('preview_mine ' || `)
    }
    expect([...named].sort()).toEqual([
      // The function `fork` reads these tables, and so does the check of bundles.
      'agent_registry',
      'registry_heads',
      'registry_is_publisher',
      'registry_policies',
      'registry_refuse',
      'registry_revisions',
      'registry_version_allowed',
      'template_registry',
    ])
    await previews(db()).empty('mine')
    await previews(db()).down('mine')
    expect(await checkInvariants(db())).toEqual([])
  })

  test('have unique names: the first origin gets the name, and another name is another preview', async () => {
    const name = fresh('pr')
    const a = await raised(db(), name)
    const b = await raised(db(), `${name}-b`, a.kind)
    await a.publish([{ id: 'a', text: 'of a' }])
    await b.publish([{ id: 'a', text: 'of b' }])
    expect(await a.versions('a')).toEqual(['1 active of a'])
    expect(await b.versions('a')).toEqual(['1 active of b'])
    await previews(db()).empty(name)
    await previews(db()).down(name)
    expect(await b.versions('a')).toEqual(['1 active of b'])
  })
})
