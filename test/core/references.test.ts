import { describe, expect, it } from 'vitest'
import type { Reference } from '../../src/core/kind.ts'
import { checkReferences } from '../../src/core/references.ts'

const reference = (id: string, relation: Reference['relation'] = 'requires'): Reference => ({
  kind: 'agents',
  id,
  relation,
  file: 'agent.json',
  pointer: ['dependencies', 'agents', 0],
})
const entry = (id: string, ...references: Reference[]) => ({ kind: 'agents', id, references })
const no = async () => false as const

async function rules(
  entries: ReturnType<typeof entry>[],
  known: (kind: string, id: string) => Promise<boolean | 'unknown'> = no,
) {
  const present = new Set(entries.map((one) => `agents/${one.id}`))
  const found = await checkReferences(entries, present, known)
  return found.map(({ entry: at, finding }) => `${at.id} ${finding.rule}`)
}

describe('references', () => {
  it.each([
    ['to the tree are fine', [entry('a', reference('b')), entry('b')], no, []],
    ['to the registry are fine', [entry('a', reference('far'))], async () => true, []],
    ['to nothing are an error', [entry('a', reference('far'))], no, ['a NOFX_REFERENCE_MISSING']],
    [
      'that cannot be told are a warning',
      [entry('a', reference('far'))],
      async () => 'unknown' as const,
      ['a NOFX_REFERENCE_UNRESOLVED'],
    ],
    ['to itself are a circle', [entry('a', reference('a'))], no, ['a NOFX_REFERENCE_CYCLE']],
    [
      'around a circle are reported once',
      [
        entry('a', reference('b')),
        entry('b', reference('c')),
        entry('c', reference('a')),
        entry('d', reference('a')),
      ],
      no,
      ['c NOFX_REFERENCE_CYCLE'],
    ],
    [
      'that only mention make no circle',
      [entry('a', reference('b', 'mentions')), entry('b', reference('a'))],
      no,
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
      no,
      [],
    ],
  ])('%s', async (_name, entries, known, expected) => {
    expect(await rules(entries, known)).toEqual(expected)
  })

  it('name the whole circle', async () => {
    const [found] = await checkReferences(
      [entry('a', reference('b')), entry('b', reference('a'))],
      new Set(['agents/a', 'agents/b']),
      no,
    )
    expect(found?.finding.message).toBe('definitions require each other: agents/a → agents/b → agents/a')
  })
})
