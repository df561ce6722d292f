import { describe, expect, it } from 'vitest'
import { editDistance, MOST_STEPS, nearest } from '../../../src/contract/text/nearest.ts'
import fc from '../../harness/fast-check.ts'

describe('editDistance', () => {
  it.each([
    ['', '', 0],
    ['abc', 'abc', 0],
    ['', 'abc', 3],
    ['abc', 'acb', 1],
    ['abc', 'abd', 1],
    ['abc', 'ab', 1],
    ['abc', 'abcd', 1],
    ['kitten', 'sitting', 3],
  ])('%j and %j have the distance %d', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance)
    expect(editDistance(b, a)).toBe(distance)
  })
})

describe('nearest', () => {
  const fields = ['description', 'name', 'owner', 'tags', 'mcp', 'model', 'metadata']

  it.each([
    ['descripton', 'description'],
    ['Description', 'description'],
    ['nmae', 'name'],
    ['tag', 'tags'],
    ['MCP', 'mcp'],
    ['modle', 'model'],
    ['team', undefined],
    ['x', undefined],
    ['prompts', undefined],
    ['a'.repeat(5000), undefined],
  ])('%j is closest to %j', (word, field) => expect(nearest(word, fields)).toBe(field))

  /** A word with one slip of the pen. */
  const slips: Record<string, (word: string, at: number) => string> = {
    'a letter left out': (word, at) => word.slice(0, at) + word.slice(at + 1),
    'a letter too many': (word, at) => `${word.slice(0, at)}x${word.slice(at)}`,
    'another letter': (word, at) => `${word.slice(0, at)}x${word.slice(at + 1)}`,
    'two letters swapped': (word, at) =>
      word.slice(0, at) + (word[at + 1] ?? '') + word[at] + word.slice(at + 2),
    'a capital': (word, at) => word.slice(0, at) + word.slice(at).toUpperCase(),
  }

  it.each(Object.entries(slips))('finds a name among 200 others in spite of %s', (_what, slip) => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[a-z]{6,20}$/),
        fc.nat({ max: 3 }),
        fc.array(fc.stringMatching(/^[A-Z0-9]{6,20}$/), { maxLength: 200 }),
        (name, at, others) => {
          // They share no letter with it, whatever the case.
          const far = others.map((other) => other.replace(/[A-Z]/g, '_'))
          expect(nearest(slip(name, at), [...far, name])).toBe(name)
        },
      ),
      { numRuns: 50 },
    )
  })

  it('costs no more than its limit, however many names there are and however long they are', () => {
    const word = fc.string({ maxLength: 80 })
    fc.assert(
      fc.property(
        word,
        fc.array(fc.oneof(word, fc.string({ minLength: 1_000, maxLength: 5_000 })), {
          minLength: 1,
          maxLength: 30,
        }),
        (asked, names) => {
          let pulled = 0
          const endless = (function* () {
            for (;;) yield names[pulled++ % names.length] as string
          })()
          nearest(asked, endless)
          expect(pulled).toBeLessThanOrEqual(MOST_STEPS + 1)
        },
      ),
      { numRuns: 100 },
    )
  })

  it('answers 4,000 questions about 16,000 names that are all alike within seconds', () => {
    const names = Array.from({ length: 16_000 }, (_, index) => `parameter_${index}`)
    const started = performance.now()
    for (let asked = 0; asked < 4_000; asked++) nearest(`paramater-${asked % 10}${asked}`, names)
    expect(performance.now() - started).toBeLessThan(15_000)
  })
})
