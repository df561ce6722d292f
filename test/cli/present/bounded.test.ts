import { Chalk } from 'chalk'
import { describe, expect, test } from 'vitest'
import { presentPublish } from '../../../src/cli/present/publish.ts'
import { presentPlan } from '../../../src/cli/present/publish-plan.ts'
import type { Risk } from '../../../src/contract/kind.ts'
import type { ContentDiff } from '../../../src/core/diff/content-diff.ts'
import { guardPlan } from '../../../src/core/publish/guard.ts'
import type { PlanItem, PublishPlan } from '../../../src/core/publish/publish-plan.ts'

const MANY = 20_000
const paint = new Chalk({ level: 0 })
const names = Array.from({ length: MANY }, (_, at) => `templates/t${at}`)
const risk: Risk = { id: 'secret', field: 'secrets', level: 'high', message: 'is given the secret KEY' }
const DIGEST = 'd'.repeat(64)

const itemOf = (at: number, more: Partial<PlanItem>): PlanItem => ({
  kind: 'agents',
  id: `a${at}`,
  action: 'add',
  digest: DIGEST,
  previousDigest: null,
  expectedVersion: 0,
  risks: [],
  breaks: [],
  ...more,
})

function planOf(items: readonly PlanItem[], more: Partial<PublishPlan> = {}): PublishPlan {
  const commit = { sha: 'a'.repeat(40), rank: 1, dirty: false }
  return {
    nofxPlan: 1,
    registry: 'test',
    commit,
    items: [...items],
    missing: [],
    prune: false,
    unhold: false,
    unchanged: 0,
    published: MANY,
    ...more,
  }
}

const many = (more: Partial<PlanItem>) => planOf(names.map((_, at) => itemOf(at, more)))
const diff: ContentDiff = {
  fields: [{ path: 'name', before: 'one', after: 'two' }],
  files: [{ path: 'a.md', change: 'changed', sizes: [1, 2], patch: '\n\n-a\n+b\n' }],
}
const changed = { action: 'change', previousDigest: DIGEST, diff } as const
const off = { by: 'someone', reason: 'broken', since: '2026-01-01T00:00:00Z' }
const missing = (requiredBy: string[]) =>
  names.map((_, at) => ({ kind: 'agents', id: `b${at}`, expectedVersion: 1, requiredBy }))

const PLANS: Record<string, PublishPlan> = {
  'are new': many({}),
  'are new and have high risks': many({ risks: [risk, risk] }),
  'are changed': many(changed),
  'are changed and have risks': many({ ...changed, risks: [{ ...risk, level: 'low' }] }),
  'are held': many({ action: 'held', note: 'this content was rolled back' }),
  'are stale': many({ action: 'stale', note: 'commit a is older than b' }),
  'are refused': many({ action: 'refused', note: 'version 1 is published' }),
  'stay disabled': many({ ...changed, disabled: off }),
  'break others': many({ ...changed, breaks: ['templates/user'] }),
  'are broken by one': planOf([itemOf(0, { ...changed, breaks: names })]),
  'are removed': planOf([], { missing: missing([]), prune: true }),
  'are removed and required': planOf([], { missing: missing(['templates/user']), prune: true }),
  'require one that is removed': planOf([], { missing: missing(names).slice(0, 1), prune: true }),
}

/** What a person may still read. */
const MOST_LINES = 3_000
const MOST_BYTES = 400_000

describe('what 20,000 definitions make a person read', () => {
  test.each(Object.entries(PLANS))('a plan where they %s', (_, plan) => {
    for (const texts of [false, true]) {
      const text = presentPlan(plan, paint, { texts })
      expect(text.split('\n').length).toBeLessThan(MOST_LINES)
      expect(text.length).toBeLessThan(MOST_BYTES)
    }
  })

  test.each(Object.entries(PLANS))('a publish where they %s', (_, plan) => {
    const outcomes = plan.items.map(({ kind, id, action }) => ({
      kind,
      id,
      outcome: action === 'held' ? ('held' as const) : ('added' as const),
      version: 1,
      digest: DIGEST,
    }))
    const result = { releaseId: 'r'.repeat(36), replayed: false, dryRun: false, seq: 1, outcomes }
    const text = presentPublish(plan, result, { label: 'test', preview: undefined }, paint)
    expect(text.split('\n').length).toBeLessThan(MOST_LINES)
    expect(text.length).toBeLessThan(MOST_BYTES)
  })

  test.each(Object.entries(PLANS))('a refusal where they %s', (_, plan) => {
    let message = ''
    try {
      guardPlan(plan, { yes: true, force: false })
    } catch (error) {
      message = (error as Error).message
    }
    expect(message.length).toBeLessThan(1_000)
  })
})

test('a plan that does not fit shows first what a person has to look at', () => {
  const additions = Array.from({ length: 5_000 }, (_, at) => itemOf(at, { risks: [risk] }))
  const urgent = [
    itemOf(9_001, { ...changed, risks: [risk] }),
    itemOf(9_002, { action: 'held', note: 'held' }),
    itemOf(9_003, { ...changed, breaks: ['templates/user'] }),
  ]
  const lines = presentPlan(planOf([...additions, ...urgent]), paint, { texts: true }).split('\n')
  expect(lines.slice(0, 2)).toEqual(['Risks (5001)', '  high  agents/a9001  is given the secret KEY'])
  expect(lines[501]).toBe('  … and 4501 more high ones; --json has them all')
  const heads = lines.slice(503).filter((line) => /^[+~!]/.test(line))
  expect(heads.slice(0, 4).map((line) => line.slice(0, 14))).toEqual([
    '~ agents/a9003',
    '! agents/a9002',
    '~ agents/a9001',
    '+ agents/a0',
  ])
  expect(lines.at(-2)).toMatch(/^ {2}… and 3\d{3} more definitions; --json has them all$/)
})
