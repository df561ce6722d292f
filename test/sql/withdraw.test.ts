import { expect, test } from 'vitest'
import { sha256 } from '../../src/contract/digest.ts'
import type { Row, TestDatabase } from '../harness/database.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { onBothEngines } from './support/engines.ts'
import { request } from './support/instantiation-under-test.ts'
import { PreviewUnderTest, previews } from './support/preview-under-test.ts'
import {
  digestFor,
  everythingStored,
  fresh,
  RegistryUnderTest,
  refusalOf,
  shaOf,
} from './support/registry-under-test.ts'

/** Each test has its own text, because all tests search the same database. */
const secret = () => fresh('hunter2')
const SAFE = { id: 'a', text: 'safe' }

/** Every row of every table, in production and in previews, that contains a text. */
async function traces(db: TestDatabase, text: string): Promise<string[]> {
  const tables = await db.query<{ name: string }>(`
    select format('%I.%I', n.nspname, c.relname) as name
    from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'v') and (n.nspname in ('public', 'storage') or n.nspname like 'preview\\_%')`)
  const found: string[] = []
  for (const { name } of tables) {
    const [row] = await db.query<{ n: number }>(
      `select count(*)::integer as n from ${name} t where strpos(t::text, $1) > 0`,
      [text],
    )
    if (row?.n) found.push(`${name} ${row.n}`)
  }
  return found
}

/** The SQL function names objects, and its caller deletes them. */
async function deleteObjects(db: TestDatabase, paths: readonly string[]): Promise<void> {
  await db.query(`delete from storage.objects where name = any ($1::text[])`, [paths])
}

async function leak(db: TestDatabase, leakedText = secret()): Promise<RegistryUnderTest> {
  const registry = new RegistryUnderTest(db)
  const leaked = {
    id: 'a',
    text: leakedText,
    expected: 1,
    manifest: { note: leakedText },
    tags: [leakedText],
  }
  await registry.publish([SAFE])
  await registry.publish([leaked])
  await registry.publish([{ ...SAFE, text: 'other', expected: 2 }])
  await registry.publish([{ ...leaked, expected: 3 }])
  await registry.to('a', 1)
  return registry
}

onBothEngines('a withdrawal', (db) => {
  test('leaves nothing of the content in any table or preview, and a tombstone with hash, commit, actor and reason', async () => {
    const leakedText = secret()
    const registry = await leak(db(), leakedText)
    const leaked = { id: 'a', text: leakedText }
    const name = `pr-${fresh('x').replace(/\W+/g, '-')}`
    await previews(db()).up(name)
    const preview = new PreviewUnderTest(db(), name, registry.kind)
    await preview.publish([{ ...leaked, expected: 5, facts: { note: leakedText } }], { unhold: true })
    await registry.stage([{ ...leaked, expected: 5 }], { upload: false })
    await registry.call('registry_keep_report', {
      id: fresh('report'),
      key: fresh('key'),
      verdict: 'refused',
      message: '1 error',
      findings: [
        { kind: registry.kind, id: 'a', path: 'x', message: leakedText },
        { path: `p/${registry.kind}/a/f`, message: leakedText },
        { path: 'q', message: 'kept' },
      ],
      counts: {},
      manifests: 'reports/0.json',
    })
    await registry.upload([{ bundle_path: 'reports/0.json', bundle_size: 3 }])
    const before = (await traces(db(), leakedText)).length
    expect(before).toBeGreaterThan(4)

    const { objects, ...result } = await registry.withdraw('a', 2, { reason: 'a secret' })
    const digest = digestFor(leaked)
    const row = (version: number) => ({ kind: registry.kind, id: 'a', outcome: 'withdrawn', version, digest })
    expect(result).toMatchObject({ replayed: false, dryRun: false, outcomes: [row(2), row(4)] })
    expect(objects).toEqual(
      [
        `${registry.kind}/a/${digest}.tar.gz`,
        `preview-${name}/${registry.kind}/a/${digest}.tar.gz`,
        'reports/0.json',
      ].sort(),
    )
    await deleteObjects(db(), objects)
    expect(await traces(db(), leakedText)).toEqual([])
    expect(await checkInvariants(db())).toEqual([])
    const rows = await db().query<Row>(
      `select version, digest, bundle_sha256, commit_sha, actor, reason, withdrawn_by, withdrawn_reason, texts, files
       from public.registry_revisions where kind = $1 and withdrawn_at is not null order by 1`,
      [registry.kind],
    )
    const tomb = {
      digest,
      bundle_sha256: sha256(`bundle ${digest}`),
      commit_sha: shaOf('c1'),
      actor: 'ann',
      reason: null,
      withdrawn_by: 'bob',
      withdrawn_reason: 'a secret',
      texts: {},
      files: [],
    }
    expect(rows).toEqual([
      { version: 2, ...tomb },
      { version: 4, ...tomb },
    ])
    expect((await registry.events()).slice(-2)).toEqual(['withdrawn public a 2', 'withdrawn public a 4'])
    expect(
      await db().query(
        `select findings::text as f from public.registry_validation_reports where findings <> '[]'`,
      ),
    ).toEqual([{ f: expect.stringContaining('kept') }])
    await previews(db()).close(name)
  })

  test('is written once: the same key replays it, another key finds nothing to do, and both list the objects left in storage', async () => {
    const registry = await leak(db())
    const key = fresh('key')
    const first = await registry.withdraw('a', 2, { key })
    expect(await registry.withdraw('a', 2, { key })).toEqual({ ...first, replayed: true })
    const before = await everythingStored(db().query)
    const again = await registry.withdraw('a', 4)
    expect(again).toMatchObject({ releaseId: null, outcomes: [{ outcome: 'unchanged', version: 4 }] })
    expect(again.objects).toEqual(first.objects)
    expect(await everythingStored(db().query)).toBe(before)
    await deleteObjects(db(), first.objects)
    expect((await registry.withdraw('a', 2, { key })).objects).toEqual([])
  })

  test('returns the verdict of a dry run and writes nothing', async () => {
    const registry = await leak(db())
    const before = await everythingStored(db().query)
    const tried = await registry.withdraw('a', 2, { dryRun: true })
    expect(await everythingStored(db().query)).toBe(before)
    const real = await registry.withdraw('a', 2)
    expect(tried).toEqual({ ...real, dryRun: true, releaseId: null, seq: real.seq - 2, objects: [] })
    await deleteObjects(db(), real.objects)
  })

  test('prevents its content from being published again, also with unhold, and from being copied', async () => {
    const leakedText = secret()
    const registry = await leak(db(), leakedText)
    await deleteObjects(db(), (await registry.withdraw('a', 2)).objects)
    const leaked = { id: 'a', text: leakedText, expected: 5 }
    for (const unhold of [false, true])
      expect((await registry.publish([leaked], { unhold, upload: false })).outcomes).toMatchObject([
        { outcome: 'held' },
      ])
    expect(await registry.holds('a')).toContainEqual(
      expect.objectContaining({ version: 2, reason: 'leaked', by: 'bob', withdrawn: true }),
    )
    const back = await refusalOf(db(), () => registry.to('a', 2))
    expect(back).toMatchObject({
      sqlstate: 'PT422',
      code: 'REFUSED',
      message: expect.stringContaining('was withdrawn'),
      left: false,
    })
  })

  test.each([
    [
      'undelete',
      async (registry: RegistryUnderTest) => {
        await registry.publish([{ id: 'b' }])
        await registry.publish([], { removals: [{ id: 'b', expectedVersion: 1 }] })
        await registry.withdraw('b', 1)
        return () => registry.undelete('b')
      },
    ],
    [
      'promote',
      async (registry: RegistryUnderTest) => {
        await registry.publish([{ id: 'b', state: 'draft' }])
        await registry.withdraw('b', 1)
        return () => registry.promote('b')
      },
    ],
    [
      'undo',
      async (registry: RegistryUnderTest) => {
        await registry.publish([{ id: 'b' }])
        const second = await registry.publish([{ id: 'b', text: '2', expected: 1 }])
        await registry.withdraw('b', 1)
        return () => registry.rollback({ release: second.releaseId })
      },
    ],
  ] as const)('is not undone by %s', async (_, prepare) => {
    const registry = new RegistryUnderTest(db())
    const act = await prepare(registry)
    const hint = `choose another version: nofx registry history ${registry.kind}/b`
    expect(await refusalOf(db(), act)).toMatchObject({
      sqlstate: 'PT422',
      code: 'WITHDRAWN',
      hint,
      left: false,
    })
    await db().run(`delete from storage.objects where name like '${registry.kind}/%'
      and exists (select from public.registry_revisions where bundle_path = name and withdrawn_at is not null)`)
  })

  test('of live content is refused, with the rollback that must come first', async () => {
    const registry = await leak(db())
    const live = await refusalOf(db(), () => registry.withdraw('a', 1))
    expect(live).toMatchObject({
      sqlstate: 'PT422',
      code: 'REFUSED',
      detail: { rule: 'NOFX_WITHDRAW_LIVE' },
      message: `version 1 of ${registry.kind}/a is live, as version 5`,
      hint: `first: nofx registry rollback ${registry.kind}/a --to 4 --reason "takedown"`,
      left: false,
    })
    await registry.publish([{ id: 'alone' }])
    const alone = await refusalOf(db(), () => registry.withdraw('alone', 1))
    expect(alone.hint).toBe(
      'publish corrected content first; or delete its folder, commit, then: nofx registry publish --prune',
    )
    expect(await refusalOf(db(), () => registry.withdraw('a', 9))).toMatchObject({
      sqlstate: 'PT404',
      left: false,
    })
    expect(await refusalOf(db(), () => registry.withdraw('none', 1))).toMatchObject({
      sqlstate: 'PT404',
      left: false,
    })
    expect(await refusalOf(db(), () => registry.withdraw('a', 2, { reason: ' ' }))).toMatchObject({
      sqlstate: 'PT422',
      left: false,
    })
  })

  test('of a removed definition or a draft leaves a head that shows nothing of it, and other content can be published', async () => {
    const leakedText = secret()
    const registry = new RegistryUnderTest(db())
    await registry.publish([
      { id: 'gone', text: leakedText },
      { id: 'draft', text: leakedText, state: 'draft' },
    ])
    await registry.publish([], { removals: [{ id: 'gone', expectedVersion: 1 }] })
    const objects = [
      ...(await registry.withdraw('gone', 2)).objects,
      ...(await registry.withdraw('draft', 1)).objects,
    ]
    await deleteObjects(db(), objects)
    expect(await traces(db(), leakedText)).toEqual([])
    const next = await registry.publish([
      { id: 'gone', expected: 2 },
      { id: 'draft', expected: 1 },
    ])
    expect(next.outcomes.map((row) => row.outcome)).toEqual(['updated', 'added'])
    expect((await registry.events()).filter((line) => line.startsWith('withdrawn'))).toEqual([
      'withdrawn public gone 1',
      'withdrawn publisher draft 1',
    ])
    expect(await checkInvariants(db())).toEqual([])
  })

  test('deletes the text of a plan that was made from a withdrawn template, and keeps plans of other versions', async () => {
    const leakedText = secret()
    const registry = new RegistryUnderTest(db(), 'templates')
    const id = fresh('plan')
    await registry.publish([{ id, text: leakedText, manifest: { rollbackAdvice: leakedText } }])
    const plan = {
      ...request(registry),
      source: { kind: 'templates', id, version: 1, digest: digestFor({ id, text: leakedText }) },
      locks: [],
      document: { prompt: leakedText },
    }
    await registry.call('registry_instantiate', plan)
    await registry.publish([{ id, text: '2', expected: 1 }])
    const other = {
      ...plan,
      key: fresh('key'),
      source: { ...plan.source, version: 2, digest: digestFor({ id, text: '2' }) },
      document: { prompt: 'fine' },
    }
    await registry.call('registry_instantiate', other)
    await deleteObjects(db(), (await registry.withdraw(id, 1)).objects)
    expect(await traces(db(), leakedText)).toEqual([])
    const rows = await db().query(
      'select version, document from public.template_instantiations where id = $1 order by 1',
      [id],
    )
    expect(rows).toEqual([
      { version: 1, document: { withdrawn: true } },
      { version: 2, document: { prompt: 'fine' } },
    ])
  })

  test('is the only way to change a revision or a plan, and only for the whole content and once', async () => {
    const registry = await leak(db())
    const blank = `manifest = '{}', texts = '{}', files = '[]', refs = '[]', metadata = public.registry_blank_metadata(id)`
    const where = `where kind = '${registry.kind}' and version = 2`
    for (const sql of [
      `update public.registry_revisions set texts = '{}' ${where}`,
      `update public.registry_revisions set withdrawn_at = now() ${where}`,
      `update public.registry_revisions set ${blank} ${where}`,
      `update public.registry_revisions set ${blank}, withdrawn_at = now(), digest = 'x' ${where}`,
      `update public.registry_revisions set id = id ${where}`,
      `delete from public.registry_revisions ${where}`,
      'truncate public.registry_revisions',
    ])
      await expect(db().run(sql), sql).rejects.toMatchObject({ code: 'PT403' })
    await registry.withdraw('a', 2)
    for (const set of [`withdrawn_reason = 'x'`, 'withdrawn_at = null', `texts = '{"x": "y"}'`])
      await expect(
        db().run(`update public.registry_revisions set ${set} ${where}`),
        set,
      ).rejects.toMatchObject({ code: 'PT403' })
  })
})
