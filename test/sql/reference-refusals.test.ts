import type { Row } from '../harness/database.ts'
import { type RefusalCase, refusesAll } from './support/refuses-all.ts'
import { type RegistryUnderTest, requires } from './support/registry-under-test.ts'
import { demands, requiresRange } from './support/wanted-references.ts'

const REFUSED = { sqlstate: 'PT422', code: 'REFUSED' }
const V1 = { id: 'worker', declared: '1.4.0', provides: ['review', 'lint'] }
const V2 = { ...V1, text: '2', declared: '2.0.0', expected: 1 }
const NO_REVIEW = { ...V1, text: '2', declared: '1.5.0', provides: ['lint'], expected: 1 }

type Given = RefusalCase['given']

/** Publishes `worker` and `plan`, which refers to it, and returns the call that breaks the reference. */
const given =
  (refs: (kind: string) => Row[], act: (registry: RegistryUnderTest) => Promise<unknown>): Given =>
  async (registry) => {
    await registry.publish([V1, { id: 'plan', refs: refs(registry.kind) }])
    return () => act(registry)
  }

const inRange = (kind: string) => [requiresRange('worker', kind, '^1.2.0')]
const review = (kind: string) => demands('review', ['worker'], kind)

/** What the detail must contain about the one definition that would break. */
const breaks = (why: string, more: Row = {}) => ({
  rule: 'NOFX_STILL_REQUIRED',
  dependents: [{ id: 'plan', why, requires: { id: 'worker' }, ...more }],
})

refusesAll('to publish', [
  {
    ...REFUSED,
    name: 'a definition that requires another than the live version',
    given: async (registry) => {
      await registry.publish([V1])
      return () =>
        registry.publish([{ id: 'plan', refs: [requiresRange('worker', registry.kind, '>=1.5.0 || ^3')] }])
    },
    message: /\/plan requires \S+\/worker >=1\.5\.0 \|\| \^3, the registry has 1\.4\.0$/,
    detail: {
      rule: 'NOFX_REFERENCE_MISSING',
      references: [
        { id: 'plan', why: 'range', file: 'agent.json', target: { id: 'worker', version: '1.4.0' } },
      ],
    },
  },
  {
    ...REFUSED,
    name: 'a definition that requires a version of a definition without one',
    given: async (registry) => {
      await registry.publish([{ id: 'worker' }])
      return () => registry.publish([{ id: 'plan', refs: inRange(registry.kind) }])
    },
    message: /requires \S+\/worker \^1\.2\.0, the registry has no version of it$/,
    detail: { references: [{ why: 'range', target: { range: '^1.2.0', version: null } }] },
  },
  {
    ...REFUSED,
    name: 'a range without its parsed form',
    given: async (registry) => {
      await registry.publish([V1])
      const refs = [{ ...requires('worker', registry.kind), range: '^1.0.0' }]
      return () => registry.publish([{ id: 'plan', refs }])
    },
    message: /requires \S+\/worker \^1\.0\.0, the registry has 1\.4\.0$/,
  },
  {
    ...REFUSED,
    name: 'a demand that no named definition meets',
    given: async (registry) => {
      await registry.publish([V1, { id: 'other', provides: ['Review', 'reviews'] }])
      return () =>
        registry.publish([{ id: 'plan', refs: demands('sing', ['worker', 'other'], registry.kind) }])
    },
    message: /\/plan demands "sing" of \S+ worker or other, and no live definition offers it$/,
    detail: {
      rule: 'NOFX_REFERENCE_MISSING',
      references: [
        { why: 'demand', file: 'template.json', target: { oneOf: ['worker', 'other'], provides: 'sing' } },
      ],
    },
  },
  {
    ...REFUSED,
    name: 'a demand that only a draft over a live revision meets',
    given: async (registry) => {
      await registry.publish([{ ...V1, provides: [] }])
      await registry.publish([{ ...V1, text: '2', state: 'draft', expected: 1 }])
      return () => registry.publish([{ id: 'plan', refs: review(registry.kind) }])
    },
    message: /\/plan demands "review" of \S+ worker/,
  },
  {
    ...REFUSED,
    name: 'a draft that becomes active with an unmet demand',
    given: async (registry) => {
      await registry.publish([NO_REVIEW].map((item) => ({ ...item, expected: 0 })))
      const plan = { id: 'plan', refs: review(registry.kind) }
      await registry.publish([{ ...plan, state: 'draft' }])
      return () => registry.publish([{ ...plan, expected: 1 }])
    },
    message: /\/plan demands "review"/,
  },
  {
    ...REFUSED,
    name: 'a definition and its dependent, if both change and no longer fit',
    given: async (registry) => {
      await registry.publish([V1, { id: 'plan', refs: review(registry.kind) }])
      return () =>
        registry.publish([NO_REVIEW, { id: 'plan', text: '2', expected: 1, refs: review(registry.kind) }])
    },
    message: /\/plan demands "review"/,
    detail: { rule: 'NOFX_REFERENCE_MISSING' },
  },
])

refusesAll('to break what is live by', [
  {
    ...REFUSED,
    name: 'an update to a version outside its range',
    given: given(inRange, (registry) => registry.publish([V2])),
    message: /\/worker with version 2\.0\.0 is outside \^1\.2\.0, which is required by \S+\/plan$/,
    detail: breaks('range', { range: '^1.2.0', version: '2.0.0' }),
  },
  {
    ...REFUSED,
    name: 'an update that no longer declares its version',
    given: given(inRange, (registry) =>
      registry.publish([{ id: 'worker', text: '2', expected: 1, provides: V1.provides }]),
    ),
    message: /\/worker with no version is outside \^1\.2\.0/,
    detail: breaks('range', { version: null }),
  },
  {
    ...REFUSED,
    name: 'an update that drops the demanded skill',
    given: given(review, (registry) => registry.publish([NO_REVIEW])),
    message: /\/worker no longer offers "review", which is demanded by \S+\/plan$/,
    detail: breaks('demand', { provides: 'review' }),
  },
  {
    ...REFUSED,
    name: 'a removal, naming each definition once in the message and each reason in the detail',
    given: async (registry) => {
      await registry.publish([
        V1,
        { id: 'plan', refs: [...review(registry.kind), ...review(registry.kind)] },
        { id: 'second', refs: [requires('worker', registry.kind)] },
      ])
      return () => registry.publish([], { removals: [{ id: 'worker', expectedVersion: 1 }] })
    },
    message: /\/worker is still required by \S+\/plan and 1 more$/,
    detail: {
      rule: 'NOFX_STILL_REQUIRED',
      dependents: [
        { id: 'plan', why: 'gone' },
        { id: 'plan', why: 'demand', provides: 'review' },
        { id: 'second', why: 'gone' },
      ],
    },
  },
  ...[false, true].map(
    (dryRun): RefusalCase => ({
      ...REFUSED,
      name: `a rollback to a version outside its range${dryRun ? ', tried' : ''}`,
      given: async (registry) => {
        await registry.publish([V1])
        await registry.publish([
          V2,
          { id: 'plan', refs: [requiresRange('worker', registry.kind, '>=2.0.0-0')] },
        ])
        return () => registry.to('worker', 1, { dryRun })
      },
      message: /\/worker with version 1\.4\.0 is outside >=2\.0\.0-0, which is required by/,
      detail: breaks('range', { version: '1.4.0' }),
    }),
  ),
  ...[false, true].map(
    (dryRun): RefusalCase => ({
      ...REFUSED,
      name: `undoing the release that a later plan builds on${dryRun ? ', tried' : ''}`,
      given: async (registry) => {
        await registry.publish([{ ...NO_REVIEW, expected: 0 }])
        const release = await registry.publish([{ ...V1, text: '3', declared: '1.6.0', expected: 1 }])
        await registry.publish([{ id: 'plan', refs: review(registry.kind) }])
        return () => registry.rollback({ release: release.releaseId }, { dryRun })
      },
      message: /\/worker no longer offers "review"/,
      detail: breaks('demand'),
    }),
  ),
  {
    ...REFUSED,
    name: 'an update, if only a newer draft has dropped the reference',
    given: async (registry) => {
      await registry.publish([V1, { id: 'plan', refs: review(registry.kind) }])
      await registry.publish([{ id: 'plan', text: '2', state: 'draft', expected: 1 }])
      return () => registry.publish([NO_REVIEW])
    },
    message: /\/worker no longer offers "review"/,
  },
  {
    ...REFUSED,
    name: 'an update together with a draft that drops the reference',
    given: given(review, (registry) =>
      registry.publish([NO_REVIEW, { id: 'plan', text: '2', state: 'draft', expected: 1 }]),
    ),
    message: /\/worker no longer offers "review"/,
  },
  {
    ...REFUSED,
    name: 'an update that removes the skill from all its providers at once',
    given: async (registry) => {
      await registry.publish([
        V1,
        { id: 'other', provides: ['review'] },
        { id: 'plan', refs: demands('review', ['worker', 'other'], registry.kind) },
      ])
      return () => registry.publish([NO_REVIEW, { id: 'other', text: '2', expected: 1 }])
    },
    message: /\/other no longer offers "review", which is demanded by \S+\/plan$/,
    detail: {
      dependents: [
        { id: 'plan', why: 'demand', requires: { id: 'other' } },
        { id: 'plan', why: 'demand', requires: { id: 'worker' } },
      ],
    },
  },
])
