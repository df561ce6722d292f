import { describe, expect, it } from 'vitest'
import type { Demand, Description, Reference, Status } from '../../../src/contract/kind.ts'
import { checkReferences, type Referrer } from '../../../src/core/validate/references.ts'
import type { ReferenceTarget } from '../../../src/core/validate/surroundings.ts'

const place = { file: 'agent.json', pointer: ['dependencies', 'agents', 0] }
const reference = (id: string, rest: Partial<Reference> = {}): Reference => ({
  kind: 'agents',
  id,
  relation: 'requires',
  ...place,
  ...rest,
})
const mention = (id: string) => reference(id, { relation: 'mentions' })
const entry = (id: string, ...references: Reference[]): Referrer => ({
  kind: 'agents',
  id,
  status: () => 'active',
  references,
  demands: [],
})
const demand = (provides: string, ...oneOf: string[]): Demand => ({
  kind: 'agents',
  oneOf,
  provides,
  ...place,
})
const demanding = (...demands: Demand[]): Referrer => ({ ...entry('d'), demands })
const known = (rest: Partial<Description> = {}): Description => ({
  name: 'x',
  summary: 'x',
  status: 'active',
  tags: [],
  provides: [],
  facts: {},
  ...rest,
})

/** A definition that `elsewhere` does not name is the plain definition of its own entry. */
async function found(entries: Referrer[], elsewhere: Record<string, ReferenceTarget> = {}) {
  const own = Object.fromEntries(entries.map((one) => [one.id, known({ status: one.status() as Status })]))
  const findings = await checkReferences(entries, async (_kind, id) => elsewhere[id] ?? own[id] ?? 'missing')
  return [...findings].flatMap(([entry, of]) => of.map((finding) => ({ entry, finding })))
}

const draft = (...references: Reference[]) => ({
  ...entry('a', ...references),
  status: () => 'draft' as Status,
})

describe('references', () => {
  it.each<[string, Referrer[], Record<string, ReferenceTarget>, string[]]>([
    ['to the tree are accepted', [entry('a', reference('b')), entry('b')], {}, []],
    ['to the registry are accepted', [entry('a', reference('far'))], { far: known() }, []],
    ['to nothing are an error', [entry('a', reference('far'))], {}, ['a MISSING']],
    [
      'that cannot be checked are a warning',
      [entry('a', reference('far'))],
      { far: 'unknown' },
      ['a UNRESOLVED'],
    ],
    [
      'to a definition with errors of its own add no finding',
      [entry('a', reference('far'))],
      { far: 'broken' },
      [],
    ],
    [
      'of a live definition to a draft are an error',
      [entry('a', reference('far'))],
      { far: known({ status: 'draft' }) },
      ['a NOT_LIVE'],
    ],
    [
      'of a live definition to a disabled one are an error',
      [entry('a', reference('far'))],
      { far: known({ status: 'disabled' }) },
      ['a NOT_LIVE'],
    ],
    [
      'of a draft to a draft are accepted',
      [draft(reference('far'))],
      { far: known({ status: 'draft' }) },
      [],
    ],
    [
      'to a successor may be to a draft',
      [entry('a', mention('far'))],
      { far: known({ status: 'draft' }) },
      [],
    ],
    [
      'to a version in range are accepted',
      [entry('a', reference('far', { range: '^1.2.0' }))],
      { far: known({ version: '1.4.0' }) },
      [],
    ],
    [
      'to a version out of range are an error',
      [entry('a', reference('far', { range: '^1.2.0' }))],
      { far: known({ version: '2.0.0' }) },
      ['a RANGE'],
    ],
    [
      'with a range to a definition without a version are an error',
      [entry('a', reference('far', { range: '*' }))],
      { far: known() },
      ['a RANGE'],
    ],
    ['to itself are a circle', [entry('a', reference('a'))], {}, ['a CYCLE']],
    [
      'in a circle are reported once',
      [
        entry('a', reference('b')),
        entry('b', reference('c')),
        entry('c', reference('a')),
        entry('d', reference('a')),
      ],
      {},
      ['c CYCLE'],
    ],
    [
      'that only mention a definition make no circle',
      [entry('a', mention('b')), entry('b', reference('a'))],
      {},
      [],
    ],
    [
      'that meet again make no circle',
      [
        entry('a', reference('b'), reference('c')),
        entry('b', reference('d')),
        entry('c', reference('d')),
        entry('d'),
      ],
      {},
      [],
    ],
  ])('%s', async (_name, entries, elsewhere, expected) => {
    const findings = await found(entries, elsewhere)
    expect(
      findings.map(({ entry: at, finding }) => `${at.id} ${finding.rule.replace('NOFX_REFERENCE_', '')}`),
    ).toEqual(expected)
  })

  it('the message names the whole circle', async () => {
    const [circle] = await found([entry('a', reference('b')), entry('b', reference('a'))])
    expect(circle?.finding.message).toBe('definitions require each other: agents/a → agents/b → agents/a')
  })
})

describe('a demand', () => {
  const offers = (...provides: string[]) => known({ provides })
  it.each<[string, Demand, Record<string, ReferenceTarget>, string[]]>([
    ['is met by one of several', demand('fix', 'x', 'y'), { x: offers('look'), y: offers('fix') }, []],
    [
      'that no definition meets is reported with the definitions and what they provide',
      demand('fix', 'x', 'y'),
      { x: offers('look'), y: offers('read') },
      [
        'dependencies.agents[0] asks for "fix", which agents/x and agents/y do not offer; they offer: look, read',
      ],
    ],
    [
      'that is nearly met is reported with the probable meaning',
      demand('reviews', 'x'),
      { x: offers('review') },
      ['dependencies.agents[0] asks for "reviews", which agents/x does not offer; did you mean "review"?'],
    ],
    ['on an unknown definition waits for the registry', demand('fix', 'x'), { x: 'unknown' }, []],
    ['on a missing definition is not reported twice', demand('fix', 'x'), {}, []],
  ])('%s', async (_name, asked, elsewhere, expected) => {
    const findings = await found([demanding(asked)], elsewhere)
    expect(findings.map(({ finding }) => `${finding.message}; ${finding.hint}`)).toEqual(expected)
  })
})

describe('a chain of 20,000 definitions', () => {
  const MANY = 20_000
  const chain = Array.from({ length: MANY }, (_, at) => entry(`n${at}`, reference(`n${at + 1}`)))
  const check = (last: Referrer) =>
    checkReferences([...chain.slice(0, -1), last], (_kind, id) => known({ name: id }))

  it('is followed to its end', async () => {
    expect([...(await check(entry(`n${MANY - 1}`))).keys()]).toEqual([])
  })

  it('that is a circle has one finding, which names some of them', async () => {
    const findings = [...(await check(entry(`n${MANY - 1}`, reference('n0')))).values()].flat()
    expect(findings.map(({ rule }) => rule)).toEqual(['NOFX_REFERENCE_CYCLE'])
    expect(findings[0]?.message).toMatch(
      /^definitions require each other: agents\/n0 → agents\/n1 → .* → agents\/n18 → 19981 more → agents\/n0$/,
    )
  })
})
