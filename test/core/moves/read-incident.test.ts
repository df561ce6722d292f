import { expect, test } from 'vitest'
import { readIncident, stillDisabled } from '../../../src/core/moves/read-incident.ts'
import type { Head, Registry } from '../../../src/core/registry/registry.ts'
import type { RevisionSummary } from '../../../src/core/registry/revision.ts'

const head = (id: string, more: object = {}) =>
  ({ kind: 'agents', id, references: [], demands: [], ...more }) as unknown as Head
const off = { actor: 'grace', reason: 'harm', at: '2026-11-29T10:00:00.000Z' }
const row = (id: string, outcome: 'rolled-back' | 'disabled') =>
  ({ kind: 'agents', id, outcome, version: 3, digest: 'd' }) as const

test('a definition that an operator keeps disabled is not live after it moved, but a switch says so itself', () => {
  const heads = [head('a', { disabled: off }), head('b'), head('c', { disabled: off })]
  const rows = [row('a', 'rolled-back'), row('b', 'rolled-back'), row('c', 'disabled')]
  expect(stillDisabled(rows, heads).map(({ id }) => id)).toEqual(['a'])
})

test('a paragraph names what moved, who moved it and why, and what stays disabled', async () => {
  const history = [
    { version: 3, digest: 'd', state: 'active' },
    { version: 2, digest: 'e', state: 'active' },
    { version: 1, digest: 'd', state: 'active' },
  ] as RevisionSummary[]
  const registry = {
    label: 'acme',
    heads: async () => [head('a', { disabled: off })],
    history: async () => history,
  } as unknown as Registry
  const result = {
    releaseId: '4f2a9c1b-0000',
    replayed: false,
    dryRun: false,
    seq: 7,
    outcomes: [row('a', 'rolled-back')],
  }
  const text = await readIncident(registry, [{ id: 'agents' } as never], result, {
    verb: 'rollback',
    actor: 'ada',
    reason: 'it loops',
  })
  expect(text).toMatch(
    /^\*\*Rolled back\*\* `agents\/a` \(v2 → v3, the content of v1\) in acme\n- \*\*Why\*\*: it loops/,
  )
  expect(text).toContain('- **Still disabled**: `agents/a`')
})
