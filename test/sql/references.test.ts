import { expect, test } from 'vitest'
import type { Row } from '../harness/database.ts'
import { onBothEngines } from './support/engines.ts'
import { RegistryUnderTest, requires, type Wanted } from './support/registry-under-test.ts'
import { demands, requiresRange } from './support/wanted-references.ts'

const V1 = { id: 'worker', declared: '1.4.0', provides: ['review', 'lint'] }
const V2 = { ...V1, text: '2', declared: '2.0.0', expected: 1 }
const NO_REVIEW = { ...V1, text: '2', declared: '1.5.0', provides: ['lint'], expected: 1 }
const OTHER = { id: 'other', provides: ['review'] }

type Refs = (kind: string) => Row[]
const inRange: Refs = (kind) => [requiresRange('worker', kind, '^1.2.0')]
const review: Refs = (kind) => demands('review', ['worker'], kind)

/** Publishes that are all accepted; `plan` has the references `refs`, and later publishes may have others. */
const ACCEPTED: [name: string, before: Wanted[], refs: Refs, then: Wanted[], later?: Refs][] = [
  ['a version in the range', [V1], inRange, []],
  ['a demand that the second of two meets', [{ id: 'worker' }, OTHER], two, []],
  ['a demand of something deprecated', [{ ...V1, state: 'deprecated' }], review, []],
  [
    'an update within the range that offers more',
    [V1],
    inRange,
    [{ ...NO_REVIEW, provides: ['a', 'lint', 'review'] }],
  ],
  ['a dropped skill that another still offers', [V1, OTHER], two, [NO_REVIEW]],
  [
    'a dropped skill without dependents',
    [{ ...V1, provides: ['review', 'sing'] }],
    review,
    [{ ...V2, provides: ['review'] }],
  ],
  [
    'a new version together with who asks for it',
    [V1],
    inRange,
    [V2],
    (kind) => [requiresRange('worker', kind, '^2')],
  ],
  [
    'a dropped skill together with who asked for it',
    [V1],
    review,
    [NO_REVIEW],
    (kind) => [requires('worker', kind)],
  ],
  [
    'a skill that moves to another in one release',
    [V1, { id: 'other' }],
    two,
    [NO_REVIEW, { ...OTHER, expected: 1, text: '2' }],
  ],
  ['a draft of what would break', [V1], review, [{ ...NO_REVIEW, state: 'draft' }]],
]

function two(kind: string): Row[] {
  return demands('review', ['worker', 'other'], kind)
}

onBothEngines('references', (db) => {
  test.each(ACCEPTED)('accept %s', async (_, before, refs, then, later) => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([...before, { id: 'plan', refs: refs(registry.kind) }])
    const items = [
      ...then,
      ...(later ? [{ id: 'plan', text: '2', expected: 1, refs: later(registry.kind) }] : []),
    ]
    const { outcomes } = await registry.publish(items)
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(items.map(() => 'updated'))
  })

  test('of a draft or a disabled definition may name what does not exist', async () => {
    const registry = new RegistryUnderTest(db())
    const refs = [...review(registry.kind), ...inRange(registry.kind)]
    await registry.publish([{ id: 'worker' }])
    const { outcomes } = await registry.publish([
      { id: 'plan', state: 'draft', refs },
      { id: 'off', state: 'disabled', refs },
    ])
    expect(outcomes).toHaveLength(2)
  })

  test('of live definitions can be broken by force, and then block no other publish', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([V1, { id: 'plan', refs: [...review(registry.kind), ...inRange(registry.kind)] }])
    await registry.publish([{ ...V2, provides: [] }], { force: true })
    const next = { id: 'worker', text: '3', declared: '2.1.0', provides: ['sing'], expected: 2 }
    expect((await registry.publish([next])).outcomes).toMatchObject([{ outcome: 'updated', version: 3 }])
    expect((await registry.to('worker', 2)).outcomes).toMatchObject([{ outcome: 'rolled-back', version: 4 }])
    const mended = { ...V1, text: '4', declared: '1.9.0', expected: 4 }
    await registry.publish([mended])
    await expect(registry.publish([{ ...next, text: '5', expected: 5 }])).rejects.toMatchObject({
      code: 'PT422',
    })
  })

  test('of live definitions can be broken by a forced rollback', async () => {
    const registry = new RegistryUnderTest(db())
    await registry.publish([V1])
    await registry.publish([V2, { id: 'plan', refs: [requiresRange('worker', registry.kind, '^2')] }])
    const { outcomes } = await registry.to('worker', 1, { force: true })
    expect(outcomes).toMatchObject([{ id: 'worker', outcome: 'rolled-back', version: 3 }])
  })

  test('of both kinds are undone together with their release', async () => {
    const agents = new RegistryUnderTest(db())
    await agents.publish([V1, { id: 'plan', refs: inRange(agents.kind) }])
    const plan = { id: 'plan', text: '2', expected: 1, refs: [requiresRange('worker', agents.kind, '^2')] }
    const release = await agents.publish([V2, plan])
    const { outcomes } = await agents.rollback({ release: release.releaseId })
    expect(outcomes.map(({ id, outcome, version }) => `${id} ${outcome} ${version}`)).toEqual([
      'plan rolled-back 3',
      'worker rolled-back 3',
    ])
  })

  test('are found by an index', async () => {
    const plan = await db().transaction(async (query) => {
      await query('set local enable_seqscan = off')
      return query(`explain select from public.registry_heads d
        where d.refs @> '[{"kind": "k", "relation": "requires", "id": "a"}]'
          or d.refs @> '[{"kind": "k", "relation": "demands", "oneOf": ["a"]}]'`)
    })
    const text = plan.map((row) => Object.values(row)[0]).join('\n')
    for (const table of ['registry_heads', 'agent_registry', 'template_registry'])
      expect(text).toMatch(new RegExp(`BitmapOr[^]*Bitmap Index Scan on ${table}_refs`))
  })
})
