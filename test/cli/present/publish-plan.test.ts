import { Chalk } from 'chalk'
import { expect, test } from 'vitest'
import { presentPlan } from '../../../src/cli/present/publish-plan.ts'
import type { PublishPlan } from '../../../src/core/publish/publish-plan.ts'

/** The plan of an empty tree beside a registry of so many definitions, of which the last ones are required. */
function planLacking(count: number, required: number, prune = false): PublishPlan {
  const missing = Array.from({ length: count }, (_, at) => {
    const requiredBy = at >= count - required ? ['templates/user'] : []
    return { kind: 'agents', id: `a${at}`, expectedVersion: 1, requiredBy }
  })
  const commit = { sha: 'a'.repeat(40), rank: 1, dirty: false }
  const counts = { unchanged: 0, published: count }
  return { nofxPlan: 1, registry: 'test', commit, items: [], missing, prune, unhold: false, ...counts }
}

const linesOf = (plan: PublishPlan) =>
  presentPlan(plan, new Chalk({ level: 0 }), { texts: false }).split('\n')

test.each([false, true])(
  'a plan names 30 of 10,000 missing definitions and counts the rest, with prune %s',
  (prune) => {
    const lines = linesOf(planLacking(10_000, 1, prune))
    expect(lines).toHaveLength(32)
    expect(lines[0]).toMatch(/agents\/a9999 .* \(required by templates\/user\)$/)
    expect(lines[30]).toBe('  … and 9970 more; --json has them all')
    expect(lines[31]).toMatch(
      prune ? /^0 added.* 10000 removed/ : /^0 added.* 10000 missing from this checkout/,
    )
  },
)

test('a plan that removes definitions names every one that others require', () => {
  const lines = linesOf(planLacking(100, 40, true))
  expect(lines.filter((line) => line.includes('(required by templates/user)'))).toHaveLength(40)
  expect(lines.at(-2)).toBe('  … and 60 more; --json has them all')
})

test('a plan that leaves them published names few, also of those that others require', () => {
  const lines = linesOf(planLacking(10_000, 4_000))
  expect(lines.filter((line) => line.includes('(required by templates/user)'))).toHaveLength(30)
  expect(lines).toHaveLength(32)
  expect(lines.at(-2)).toBe('  … and 9970 more; --json has them all')
})

test('a plan names all of a few missing definitions', () => {
  expect(linesOf(planLacking(3, 0)).map((line) => line.slice(0, 11))).toEqual([
    '? agents/a0',
    '? agents/a1',
    '? agents/a2',
    expect.stringMatching(/^0 added/),
  ])
})
