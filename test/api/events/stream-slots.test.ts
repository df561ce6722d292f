import { describe, expect, test } from 'vitest'
import { createStreamSlots } from '../../../src/api/events/stream-slots.ts'
import type { ApiCaller } from '../../../src/api/http/caller.ts'
import fc from '../../harness/fast-check.ts'

const anonymous = (share?: string): ApiCaller => ({ share, isKnown: false })
const known = (share: string): ApiCaller => ({ share, isKnown: true })

/** Takes slots until none is free; returns how many were taken. */
function exhaust(slots: ReturnType<typeof createStreamSlots>, caller: () => ApiCaller, tries = 200): number {
  return Array.from({ length: tries }, () => slots.take(() => {}, caller())).filter(Boolean).length
}

describe('the slots for streams', () => {
  test.each<[what: string, greedy: () => ApiCaller, most: number]>([
    ['of one address are few', () => anonymous('192.0.2.1'), 10],
    ['of callers without an address leave some', () => anonymous(), 80],
    ['of one holder of credentials are half', () => known('key'), 50],
  ])('slots %s', (_what, greedy, most) => {
    const slots = createStreamSlots()
    expect(exhaust(slots, greedy)).toBe(most)
    expect(slots.take(() => {}, known('another'))).toBeTypeOf('function')
  })

  test('slots are reserved for callers with credentials, however many addresses ask', () => {
    const slots = createStreamSlots()
    let host = 0
    expect(exhaust(slots, () => anonymous(`192.0.2.${host++}`))).toBe(80)
    expect(exhaust(slots, () => known('secret key'))).toBe(20)
  })

  test('slots left by one greedy caller are shared equally with another', () => {
    const places = fc.record({
      most: fc.integer({ min: 10, max: 120 }),
      tries: fc.integer({ min: 0, max: 200 }),
    })
    fc.assert(
      fc.property(places, fc.boolean(), fc.boolean(), ({ most, tries }, greedyIsKnown, otherIsKnown) => {
        const share = (greedy: number) => {
          const slots = createStreamSlots({ most })
          exhaust(slots, () => ({ share: 'greedy', isKnown: greedyIsKnown }), greedy)
          return exhaust(slots, () => ({ share: 'other', isKnown: otherIsKnown }))
        }
        expect(share(tries)).toBe(share(0))
      }),
      { numRuns: 50 },
    )
  })

  test('slots are free again when their streams end', () => {
    const slots = createStreamSlots({ most: 1 })
    const leave = slots.take(() => {}, anonymous('a'))
    expect(slots.take(() => {}, known('b'))).toBeUndefined()
    leave?.()
    expect(slots.take(() => {}, known('b'))).toBeTypeOf('function')
  })

  test('there are no slots where the deployment allows no streams', () => {
    expect(createStreamSlots({ most: 0 }).take(() => {}, known('a'))).toBeUndefined()
  })
})
