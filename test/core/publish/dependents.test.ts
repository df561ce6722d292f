import { describe, expect, it } from 'vitest'
import type { Demand, Description, Reference } from '../../../src/contract/kind.ts'
import { brokenBy } from '../../../src/core/publish/dependents.ts'
import type { Head } from '../../../src/core/registry/registry.ts'

const place = { file: 'x.json', pointer: [] }
const needs = (id: string, range?: string): Reference => ({
  kind: 'agents',
  id,
  relation: 'requires',
  ...(range ? { range } : {}),
  ...place,
})
const demands = (provides: string, ...oneOf: string[]): Demand => ({
  kind: 'agents',
  oneOf,
  provides,
  ...place,
})
const described = (rest: Partial<Description> = {}): Description => ({
  name: 'x',
  summary: 'x',
  status: 'active',
  tags: [],
  provides: [],
  facts: {},
  ...rest,
})
const head = (kind: string, id: string, rest: Partial<Head> = {}): Head => ({
  kind,
  id,
  state: 'active',
  version: 1,
  draftVersion: null,
  latestVersion: 1,
  digest: '0'.repeat(64),
  liveDigest: null,
  commit: { sha: 'c', rank: 1 },
  hold: [],
  disabled: null,
  description: described(),
  references: [],
  demands: [],
  updatedAt: '2026-01-01T00:00:00Z',
  ...rest,
})
const offering = (id: string, ...provides: string[]) =>
  head('agents', id, { description: described({ provides }) })
const plan = (id: string, rest: Partial<Head>) => head('plans', id, rest)

describe('the definitions that a plan would break', () => {
  it.each<[string, [string, Description | undefined], Head[], string[]]>([
    [
      'by a removal are those that require the definition',
      ['a', undefined],
      [plan('p', { references: [needs('a')] })],
      ['plans/p'],
    ],
    [
      'by disabling are those that require the definition',
      ['a', described({ status: 'disabled' })],
      [plan('p', { references: [needs('a')] })],
      ['plans/p'],
    ],
    [
      'by a new version are those that require another range',
      ['a', described({ version: '2.0.0' })],
      [plan('p', { references: [needs('a', '^1')] }), plan('q', { references: [needs('a', '>=1')] })],
      ['plans/p'],
    ],
    [
      'by dropping a skill are those that no other definition can serve',
      ['a', described()],
      [
        offering('b', 'review'),
        plan('p', { references: [needs('a')], demands: [demands('review', 'a')] }),
        plan('q', { references: [needs('a'), needs('b')], demands: [demands('review', 'a', 'b')] }),
      ],
      ['plans/p'],
    ],
    [
      'are neither drafts nor disabled',
      ['a', undefined],
      [
        plan('p', { state: 'disabled', references: [needs('a')] }),
        plan('q', { state: 'draft', version: null, references: [needs('a')] }),
      ],
      [],
    ],
    [
      'by a change that keeps every promise are none',
      ['a', described()],
      [plan('p', { references: [needs('a')] })],
      [],
    ],
  ])('%s', (_name, [id, after], heads, expected) => {
    const all = [offering('a', 'review'), ...heads]
    const broken = brokenBy(new Map([[`agents/${id}`, after]]), all, new Set())
    expect(broken.get(`agents/${id}`) ?? []).toEqual(expected)
  })

  it('do not include definitions that the plan covers', () => {
    const heads = [head('agents', 'a'), plan('p', { references: [needs('a')] })]
    expect(brokenBy(new Map([['agents/a', undefined]]), heads, new Set(['plans/p'])).size).toBe(0)
  })
})
