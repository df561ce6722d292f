import { describe, expect, test } from 'vitest'
import {
  computeUpstream,
  findCycle,
  inOrder,
  longestPath,
} from '../../../../src/plugins/templates/manifest/order.ts'
import fc from '../../../harness/fast-check.ts'

/** Steps by id; `b<a` is the step b, which depends on a. */
function stepsOf(text: string) {
  return text.split(' ').map((part) => {
    const [id = '', before] = part.split('<')
    return before === undefined ? { id } : { id, dependsOn: before.split(',') }
  })
}

describe('a cycle of steps', () => {
  test.each([
    ['a', undefined],
    ['a b<a c<a,b', undefined],
    ['a<b b<c c', undefined],
    ['a<nobody', undefined],
    ['a<a', ['a', 'a']],
    ['a<b b<a', ['a', 'b', 'a']],
    ['a<c b<a c<b', ['a', 'c', 'b', 'a']],
    ['x a<x,c b<a c<b d<a', ['a', 'c', 'b', 'a']],
    ['x<a a<b b<a', ['a', 'b', 'a']],
    ['__proto__<constructor constructor<__proto__', ['__proto__', 'constructor', '__proto__']],
  ])('%s', (text, expected) => expect(findCycle(stepsOf(text))).toEqual(expected))

  test('a chain of 10,000 does not overflow the stack', () => {
    const chain = Array.from({ length: 10_000 }, (_, index) => ({
      id: `s${index}`,
      dependsOn: [`s${index + 1}`],
    }))
    expect(findCycle(chain)).toBeUndefined()
    expect(findCycle([...chain, { id: 's10000', dependsOn: ['s0'] }])).toHaveLength(10_002)
  })
})

describe('the steps before a step', () => {
  test.each([
    ['a b<a c<b', { a: '', b: 'a', c: 'b,a' }],
    ['d<b,c c<a b<a a', { d: 'b,c,a', c: 'a', b: 'a', a: '' }],
    ['a<nobody', { a: '' }],
    ['a<b b<a', { a: 'b,a', b: 'a,b' }],
  ])('%s', (text, expected) => {
    const found = Object.fromEntries(
      Array.from(computeUpstream(stepsOf(text)), ([id, before]) => [id, [...before].join()]),
    )
    expect(found).toEqual(expected)
  })
})

describe('the order of steps', () => {
  test.each([
    ['a b c', 'a b c'],
    ['c<b b<a a', 'a b c'],
    ['b a c<a d<b', 'b a d c'],
    ['a<a b', 'b'],
    ['a b<a,a', 'a b'],
  ])('%s', (text, expected) =>
    expect(
      inOrder(stepsOf(text))
        .map(({ id }) => id)
        .join(' '),
    ).toBe(expected),
  )
})

describe('the longest path', () => {
  const weight = ({ id }: { id: string }) => Number(id.slice(1))
  test.each([
    ['s5', 5],
    ['s1 s2 s3', 3],
    ['s1 s2<s1 s3<s2', 6],
    ['s1 s20<s1 s3<s1 s4<s3,s20', 25],
    ['s4<s3,s20 s3<s1 s20<s1 s1', 25],
    ['s1<nobody', 1],
  ])('%s', (text, expected) => expect(longestPath(stepsOf(text), weight)).toBe(expected))

  test('has the length 0 without steps', () => expect(longestPath([], () => 1)).toBe(0))
})

/** Any graph of up to 30 steps, cycles included. */
const graph = fc
  .array(fc.array(fc.nat(29), { maxLength: 5 }), { maxLength: 30 })
  .map((all) => all.map((before, index) => ({ id: `s${index}`, dependsOn: before.map((one) => `s${one}`) })))

test('a cycle is found exactly if the order leaves steps out, and each of its arrows exists', () => {
  fc.assert(
    fc.property(graph, (steps) => {
      const cycle = findCycle(steps)
      expect(cycle === undefined).toBe(inOrder(steps).length === steps.length)
      for (const [index, id] of cycle?.slice(0, -1).entries() ?? [])
        expect(steps.find((step) => step.id === id)?.dependsOn).toContain(cycle?.[index + 1])
      if (cycle) expect(cycle.at(-1)).toBe(cycle[0])
    }),
  )
})

test('each step comes after all its dependencies in the order', () => {
  fc.assert(
    fc.property(graph, (steps) => {
      const upstream = computeUpstream(steps)
      const done = new Set<string>()
      for (const { id } of inOrder(steps)) {
        for (const before of upstream.get(id) ?? []) expect(done).toContain(before)
        done.add(id)
      }
    }),
  )
})
