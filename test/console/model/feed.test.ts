import { describe, expect, test } from 'vitest'
import { prepend, takeBatch } from '../../../console/model/feed/event-log.ts'
import { tellEvents, wordOf } from '../../../console/model/feed/tell-events.ts'
import fc from '../../harness/fast-check.ts'

const eventsOf = (seqs: readonly number[]) => seqs.map((seq) => ({ seq }))

describe('a tab that takes events from several sources', () => {
  test('has each of them once and in order, whatever arrives twice, late or with gaps', () => {
    const feed = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { maxLength: 30 })
    const cuts = fc.array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), {
      maxLength: 30,
    })
    fc.assert(
      fc.property(feed, cuts, (seqs, pieces) => {
        const all = seqs.toSorted((one, other) => one - other)
        const between = (after: number, until: number) =>
          eventsOf(all.filter((seq) => seq > after && seq <= until))
        let cursor = 0
        const taken: number[] = []
        const take = (after: number, until: number): boolean => {
          const result = takeBatch(cursor, { after, cursor: until, events: between(after, until) })
          if (result === 'behind') return false
          cursor = result.cursor
          taken.push(...result.events.map(({ seq }) => seq))
          return true
        }
        for (const [one, other] of pieces) {
          const [after, until] = [Math.min(one, other), Math.max(one, other)]
          // A tab that is behind reads the pages itself.
          if (!take(after, until)) take(cursor, until)
          expect(taken).toEqual(between(0, cursor).map(({ seq }) => seq))
        }
      }),
    )
  })

  test('shows the newest first, and no more than it keeps', () => {
    expect(prepend(eventsOf([3, 2, 1]), eventsOf([4, 5]), 4)).toEqual(eventsOf([5, 4, 3, 2]))
  })
})

describe('the sentence about what changed', () => {
  const updated = { kind: 'agents', id: 'reviewer', version: 6, type: 'agent.updated' }
  test.each([
    [[], ''],
    [[updated], 'agents/reviewer: updated, v6'],
    [[{ ...updated, version: 5 }, updated], 'agents/reviewer: updated, v6'],
    [[updated, { ...updated, id: 'triager' }], '2 definitions changed'],
    [[{ ...updated, version: null, type: 'agent.validation_failed' }], 'agents/reviewer: validation failed'],
  ])('%j is "%s"', (events, sentence) => {
    expect(tellEvents(events)).toBe(sentence)
  })

  test('takes any type', () => {
    expect(wordOf('odd')).toBe('odd')
  })
})
