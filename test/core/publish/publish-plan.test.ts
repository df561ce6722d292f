import { describe, expect, it } from 'vitest'
import type { Reference } from '../../../src/contract/kind.ts'
import { guardPlan } from '../../../src/core/publish/guard.ts'
import {
  comparePlan,
  isEmpty,
  type PlanOptions,
  type PublishCandidate,
} from '../../../src/core/publish/publish-plan.ts'
import { requireMovement } from '../../../src/core/publish/verdict.ts'
import type { Hold } from '../../../src/core/registry/hold.ts'
import type { Head } from '../../../src/core/registry/registry.ts'

const digest = (letter: string) => letter.repeat(64)
const description = (version?: string) => ({
  name: 'x',
  summary: 'x',
  status: 'active' as const,
  tags: [],
  provides: [],
  facts: {},
  ...(version ? { version } : {}),
})
const candidate = (id: string, letter: string, version?: string): PublishCandidate => ({
  kind: 'agents',
  id,
  digest: digest(letter),
  description: description(version),
})
const head = (id: string, letter: string, rest: Partial<Head> = {}): Head => ({
  kind: 'agents',
  id,
  state: 'active',
  version: 3,
  draftVersion: null,
  latestVersion: 3,
  digest: digest(letter),
  liveDigest: null,
  commit: { sha: 'c'.repeat(40), rank: 10 },
  hold: [],
  disabled: null,
  description: description(),
  references: [],
  demands: [],
  updatedAt: '2026-01-01T00:00:00Z',
  ...rest,
})
const hold = (letter: string, withdrawn?: true): Hold => ({
  digest: digest(letter),
  version: 2,
  reason: 'loops',
  by: 'bob',
  since: '2026-01-01T00:00:00.000Z',
  ...(withdrawn ? { withdrawn } : {}),
})
const requires = (id: string): Reference => ({
  kind: 'agents',
  id,
  relation: 'requires',
  file: 'agent.json',
  pointer: [],
})
const OPTIONS: PlanOptions = {
  registry: 'test',
  commit: { sha: 'd'.repeat(40), rank: 11, dirty: false },
  prune: false,
  unhold: false,
  covers: () => true,
}
const plan = (candidates: PublishCandidate[], heads: Head[], options: Partial<PlanOptions> = {}) =>
  comparePlan(candidates, heads, { ...OPTIONS, ...options })

describe('a plan', () => {
  it.each([
    [
      'adds a definition that the registry lacks',
      [candidate('a', '1')],
      [],
      { action: 'add', expectedVersion: 0 },
    ],
    [
      'changes a definition that differs',
      [candidate('a', '1')],
      [head('a', '2')],
      { action: 'change', expectedVersion: 3 },
    ],
    [
      'adds a removed definition again',
      [candidate('a', '1')],
      [head('a', '1', { state: 'removed' })],
      { action: 'add', expectedVersion: 3 },
    ],
    [
      'changes nothing back to an older commit',
      [candidate('a', '1')],
      [head('a', '2', { commit: { sha: 'c'.repeat(40), rank: 12 } })],
      { action: 'stale' },
    ],
    [
      'holds content that was rolled back',
      [candidate('a', '1')],
      [head('a', '2', { hold: [hold('1')] })],
      { action: 'held', note: 'this content was rolled back as version 2 by bob: loops' },
    ],
    [
      'holds withdrawn content, even if it is the newest',
      [candidate('a', '1')],
      [head('a', '1', { state: 'draft', hold: [hold('1', true)] })],
      { action: 'held', note: 'this content was withdrawn as version 2 by bob: loops', withdrawn: true },
    ],
    [
      'refuses a version that is taken by other content',
      [candidate('a', '1', '1.0.0')],
      [head('a', '2', { description: description('1.0.0') })],
      { action: 'refused' },
    ],
  ])('%s', (_name, candidates, heads, expected) => {
    expect(plan(candidates, heads).items).toMatchObject([expected])
  })

  it('skips unchanged definitions, and counts them', () => {
    expect(plan([candidate('a', '1')], [head('a', '1')])).toMatchObject({
      items: [],
      missing: [],
      unchanged: 1,
    })
  })

  it.each([
    ['with the live content changes nothing', 'a', {}, {}, []],
    ['with other content stays beside the live version', 'b', {}, {}, [{ draft: true, liveVersion: 3 }]],
    ['with the newest draft’s content changes nothing', 'a', { draftVersion: 4, latestVersion: 4 }, {}, []],
    [
      'may repeat a version',
      'b',
      { description: description('1.0.0') },
      { version: '1.0.0' },
      [{ action: 'change' }],
    ],
    ['breaks no dependent of the live version', 'b', {}, { version: '2.0.0' }, [{ breaks: [] }]],
  ] as const)('of drafts: one %s', (_name, letter, rest, { version }: { version?: string }, items) => {
    const user = head('user', 'u', { references: [{ ...requires('x'), range: '^1.0.0' }] })
    const made = plan([candidate('x', letter, version)], [head('x', 'a', rest), user], {
      draft: true,
      covers: ({ id }) => id === 'x',
    })
    expect(made).toMatchObject({ draft: true, items })
    expect(made.items).toHaveLength(items.length)
  })

  it('makes a draft live only if it is published with a live status', () => {
    const pending = head('a', '1', { version: 3, draftVersion: 4, latestVersion: 4 })
    expect(plan([candidate('a', '1')], [pending]).items).toMatchObject([
      {
        action: 'change',
        liveVersion: 3,
        expectedVersion: 4,
        digest: digest('1'),
        previousDigest: digest('1'),
      },
    ])
    const draft = { ...candidate('a', '1'), description: { ...description(), status: 'draft' as const } }
    expect(plan([draft], [pending]).items).toEqual([])
  })

  it('publishes held content with unhold', () => {
    const held = head('a', '2', { hold: [hold('1')] })
    expect(plan([candidate('a', '1')], [held], { unhold: true }).items).toMatchObject([{ action: 'change' }])
    const withdrawn = head('a', '2', { hold: [hold('1', true)] })
    expect(plan([candidate('a', '1')], [withdrawn], { unhold: true }).items).toMatchObject([
      { action: 'held' },
    ])
  })

  it('lists missing definitions with the live definitions that remain and require them', () => {
    const heads = [
      head('gone', '1'),
      head('user', '2', { references: [requires('gone')] }),
      head('also-gone', '3', { references: [requires('gone')] }),
      head('off', '4', { state: 'disabled', references: [requires('gone')] }),
    ]
    const { missing } = plan([candidate('user', '2'), candidate('off', '4')], heads)
    expect(missing).toEqual([
      { kind: 'agents', id: 'gone', expectedVersion: 3, requiredBy: ['agents/user'] },
      { kind: 'agents', id: 'also-gone', expectedVersion: 3, requiredBy: [] },
    ])
  })

  it('reports no definition as missing that the publish does not cover', () => {
    expect(plan([], [head('a', '1')], { covers: ({ id }) => id === 'b' }).missing).toEqual([])
  })

  it('is empty if all its definitions are stale or held', () => {
    expect(
      isEmpty(plan([candidate('a', '1')], [head('a', '2', { commit: { sha: 'c'.repeat(40), rank: 99 } })])),
    ).toBe(true)
    expect(isEmpty(plan([candidate('a', '1')], []))).toBe(false)
    expect(isEmpty(plan([], [head('a', '1')]))).toBe(true)
    expect(isEmpty(plan([], [head('a', '1')], { prune: true }))).toBe(false)
  })
})

describe('the guard', () => {
  const ten = Array.from({ length: 10 }, (_, n) => head(`a${n}`, '1'))
  const keep = (n: number) => ten.slice(0, n).map((one) => candidate(one.id, '1'))
  const prune = (kept: number) => plan(keep(kept), ten, { prune: true })
  const no = { yes: false, force: false }

  it('allows a prune of up to a fifth, and requires --yes for more', () => {
    expect(() => guardPlan(prune(8), no)).not.toThrow()
    expect(() => guardPlan(prune(7), no)).toThrow('--prune would remove 3 of 10 published definitions')
    expect(() => guardPlan(prune(7), { ...no, yes: true })).not.toThrow()
  })

  it('refuses to remove a definition that a live one requires, unless forced', () => {
    const heads = [head('user', '1', { references: [requires('gone')] }), head('gone', '2')]
    const removing = plan([candidate('user', '1')], heads, { prune: true })
    expect(() => guardPlan(removing, { yes: true, force: false })).toThrow('agents/user requires it')
    expect(() => guardPlan(removing, { yes: true, force: true })).not.toThrow()
  })

  it.each([
    [['a'], 'agents/gone cannot be removed: agents/a requires it'],
    [['a', 'b'], 'agents/gone cannot be removed: agents/a and agents/b require it'],
    [['a', 'b', 'c'], 'agents/gone cannot be removed: agents/a, agents/b and agents/c require it'],
  ])('names every definition that requires a removed one: %j', (users, message) => {
    const heads = users.map((id) => head(id, '1', { references: [requires('gone')] }))
    const kept = users.map((id) => candidate(id, '1'))
    const removing = plan(kept, [...heads, head('gone', '2')], { prune: true })
    expect(() => guardPlan(removing, { yes: true, force: false })).toThrow(message)
  })

  it('refuses a declared version that is published with other content', () => {
    const taken = plan(
      [candidate('a', '1', '1.0.0')],
      [head('a', '2', { description: description('1.0.0') })],
    )
    expect(() => guardPlan(taken, no)).toThrow(/NOFX_VERSION_REUSED/)
  })
})

describe('the verdict', () => {
  const code = (rest: Partial<Head>, options: Partial<PlanOptions> = {}) => {
    try {
      requireMovement(plan([candidate('a', '1')], [head('a', '2', rest)], options))
      return 'passes'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  it('a publish fails when its commit is older, and not because its content is held', () => {
    expect(code({ commit: { sha: 'c'.repeat(40), rank: 99 } })).toBe('STALE')
    expect(() =>
      requireMovement(
        plan([candidate('a', '1')], [head('a', '2', { commit: { sha: 'c'.repeat(40), rank: 99 } })]),
      ),
    ).toThrow(/^agents\/a: commit \w+ \(rank \d+\) is older than the published commit \w+ \(rank 99\)$/)
    expect(code({ hold: [hold('1')] })).toBe('passes')
    expect(code({ hold: [hold('1', true)] })).toBe('passes')
    expect(code({ hold: [hold('1', true)] }, { unhold: true })).toBe('REFUSED')
    expect(code({})).toBe('passes')
    expect(() => requireMovement(plan([candidate('a', '1')], [head('a', '1')]))).not.toThrow()
  })
})
