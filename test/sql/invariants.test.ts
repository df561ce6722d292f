import { expect, test } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { onBothEngines } from './support/engines.ts'
import { instantiate, lockOf, request } from './support/instantiation-under-test.ts'
import { RegistryUnderTest, requires } from './support/registry-under-test.ts'

/** Each statement breaks one invariant without the registry's functions; `%` in an expected text matches anything. */
const PLANTED: [name: string, statement: string, expected: RegExp[]][] = [
  [
    'a gap in the versions',
    `delete from registry_revisions where id = 'a' and version = 2`,
    [/^I1 .*\/a has versions 1,3/, /^I3 .*\/a version 2 is missing/, /^I3 .* has an event and no revision/],
  ],
  [
    'a head that is ahead',
    `update registry_heads set latest_version = 9 where id = 'a'`,
    [/^I2 .*\/a is active, live 3, draft -, newest 9/],
  ],
  [
    'a head on a revision that does not exist',
    `update registry_heads set version = 9 where id = 'a'`,
    [/^I2 .*live 9/],
  ],
  [
    'a head that shows other content',
    `update registry_heads set metadata = '{}' where id = 'a'`,
    [/^I2 .*\/a is active/],
  ],
  [
    'a draft that shines through',
    `update registry_heads set version = 1, state = 'active' where id = 'd'`,
    [/^I2 .*\/d is/, /^I8 .*\/d is public as active with a revision that is draft/],
  ],
  [
    'a number of definitions that is too high',
    'update registry_head_counts set amount = amount + 1',
    [/^I2 the numbers .* counted, .* there/],
  ],
  [
    'a kind of a release that is not noted',
    'delete from registry_release_kinds where seq = (select min(seq) from registry_release_kinds)',
    [/^I3 the kinds .* and release \d+/],
  ],
  ['a definition without a head', `delete from registry_heads where id = 'a'`, [/^I2 .*\/a has no head/]],
  [
    'a head without a definition',
    `update registry_heads set id = 'ghost' where id = 'a'`,
    [/^I2 .*\/a has no head/, /^I2 .*\/ghost has no revision/],
  ],
  [
    'half a release',
    `delete from registry_releases where seq = (select min(seq) from registry_releases)`,
    [/^I3 .*\/a version 1 is in no answer of release/],
  ],
  [
    'a lost event',
    `delete from registry_events where seq = (select min(seq) from registry_events)`,
    [/^I3 .* has no event/, /^I4 seq has no gaps: events run from 2/],
  ],
  [
    'a counter that ran ahead',
    `update registry_counter set seq = seq + 1`,
    [/^I4 seq has no gaps: .*the counter is at/],
  ],
  [
    'revisions committed in another order',
    `update registry_revisions r set release_id = case version when 1 then x.b else x.a end
      from (select min(release_id) filter (where version = 1) a, min(release_id) filter (where version = 2) b from registry_revisions where id = 'a') x
      where r.id = 'a' and r.version in (1, 2)`,
    [/^I4 seq follows.*\/a version 2 was committed before version 1/],
  ],
  [
    'a bundle that vanished',
    `delete from storage.objects where name like '%/a/%'`,
    [/^I5 every.*\/a version 1 wants .* storage has none/],
  ],
  [
    'a bundle of another size',
    `update storage.objects set metadata = '{"size": 1}' where name like '%/b/%'`,
    [/^I5 every.*\/b version 1 .* storage has 1/],
  ],
  [
    'two archives of one content',
    `update registry_revisions set bundle_sha256 = 'x' where id = 'a' and version = 3`,
    [/^I5 one content/],
  ],
  [
    'a rank that fell',
    `update registry_revisions set commit_rank = 0 where id = 'a' and version = 2`,
    [/^I6 .*\/a version 2 has rank 0 after 1/],
  ],
  [
    'two effects of one key',
    `alter table registry_releases drop constraint registry_releases_principal_idempotency_key_key;
      update registry_releases set idempotency_key = 'same-key'`,
    [/^I7 .*key same-key has \d+ releases/],
  ],
  [
    'an answer of another release',
    `update registry_releases set response = '{"outcomes": []}' where origin = 'rollback'`,
    [/^I7 .* answers with another id/],
  ],
  [
    'a public event of a draft',
    `update registry_events set audience = 'public' where id = 'd'`,
    [/^I8 .*tells the public of a revision that is draft/],
  ],
  [
    'a public event of a failed validation',
    `update registry_events set audience = 'public' where type like '%failed'`,
    [/^I8 .*validation_failed is public/],
  ],
  [
    'a template that forgot what was live before it',
    `update template_registry set previous_version = null where id = 't'`,
    [/^heads of templates .*: t is live as 2, before -, advice "back"/],
  ],
  [
    'a template with the advice of another version',
    `update template_registry set rollback_advice = '"other"' where id = 't'`,
    [/^heads of templates .*: t is live as 2, before 1, advice "other"/],
  ],
  [
    'a plan of a version that never was',
    `update template_instantiations set version = 9`,
    [/^plans are locked .* uses templates\/t version 9, which does not exist with that digest/],
  ],
  [
    'a plan that is locked to other content',
    `update template_instantiations set locks = jsonb_set(locks, '{0,digest}', '"x"')`,
    [/^plans are locked .* uses agents\/a version 1, which does not exist/],
  ],
  [
    'a plan that uses what was disabled',
    `update registry_revisions set state = 'disabled' where id = 'a' and version = 1`,
    [/^plans are locked .* uses agents\/a version 1, which was disabled/],
  ],
  [
    'plans without row security',
    `alter table template_instantiations disable row level security`,
    [/^I8 .*template_instantiations has no row security/],
  ],
  [
    'a schema that no preview has, open to everybody',
    `create schema preview_x; grant usage on schema preview_x to anon`,
    [/^I8 .*preview_x is open to anon/, /^every preview .*preview_x has no preview/],
  ],
  [
    'a table without row security',
    `alter table registry_staged disable row level security`,
    [/^I8 .*registry_staged has no row security/],
  ],
]

onBothEngines('the checker', (db) => {
  test('reports nothing after an eventful history', async () => {
    const registry = new RegistryUnderTest(db(), 'agents')
    const other = new RegistryUnderTest(db())
    await registry.publish([{ id: 'a' }, { id: 'b' }, { id: 'c', refs: [requires('b', 'agents')] }])
    const templates = new RegistryUnderTest(db(), 'templates')
    const manifest = { rollbackAdvice: 'back' }
    await templates.publish([{ id: 't', manifest }])
    await templates.publish([{ id: 't', text: '2', expected: 1, manifest }])
    const source = lockOf(templates, { id: 't', text: '2' }, 2)
    await instantiate(templates, request(templates, { source, locks: [lockOf(registry, { id: 'a' })] }))
    const release = await registry.publish(
      [
        { id: 'a', text: '2', expected: 1 },
        { id: 'd', state: 'draft' },
      ],
      { rank: 2 },
    )
    await registry.to('a', 1)
    await registry.publish(
      [
        { id: 'e', state: 'disabled' },
        { id: 'c', text: '2', state: 'draft', expected: 1 },
      ],
      { rank: 3 },
    )
    await registry.publish([], { removals: [{ id: 'b', expectedVersion: 1 }], force: true, rank: 4 })
    await registry.undelete('b')
    await registry.rollback({ release: release.releaseId }, { force: true })
    await registry.publish([{ id: 'd', state: 'draft', text: '2', expected: 2 }], { rank: 5 })
    await other.publish([{ id: 'x' }])
    await registry.call('registry_report', {
      key: 'key-of-report',
      singular: 'agent',
      findings: [{ kind: 'agents', id: 'z' }],
    })
    expect(await checkInvariants(db())).toEqual([])
    expect(await checkInvariants(db(), { has: async () => true })).toEqual([])
    expect(await checkInvariants(db(), { has: async (path) => !path.startsWith('agents/a/') })).toEqual([
      expect.stringMatching(/^I5 storage holds every bundle: agents\/a\//),
      expect.stringMatching(/^I5 storage holds every bundle: agents\/a\//),
    ])
  })

  test.each(PLANTED)('reports %s', async (_, statement, expected) => {
    const taken = new Error('taken back')
    let found: string[] = []
    const planting = db().transaction(async (query) => {
      for (const table of ['registry_revisions', 'registry_releases', 'template_instantiations'])
        await query(`alter table public.${table} disable trigger user`)
      await query(`set local search_path = public`)
      for (const part of statement.split(';')) await query(part)
      found = await checkInvariants({ query })
      throw taken
    })
    await expect(planting).rejects.toBe(taken)
    for (const pattern of expected) expect(found).toContainEqual(expect.stringMatching(pattern))
    expect(await checkInvariants(db())).toEqual([])
  })
})
