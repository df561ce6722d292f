import { expect, test } from 'vitest'
import type { Finding, Pointer } from '../../../src/contract/diagnostic.ts'
import { readPlaces } from '../../../src/core/validate/json-places.ts'
import { locate } from '../../../src/core/validate/locate.ts'
import fc from '../../harness/fast-check.ts'

const blank = fc.constantFrom('', ' ', '\n', '\n  ', '  \n')
const word = fc.constantFrom('a', 'b', 'id', '__proto__', '0', 'Ä🚀', '"', '\\', '\u2028', '')
const scalar = fc.oneof(word.map(quote), fc.constantFrom('1', '-2.5e3', 'true', 'null'))

function quote(text: string): string {
  return JSON.stringify(text)
}

/** JSON texts as people and programs write them: with blanks anywhere, escapes, and repeated keys. */
const { json } = fc.letrec<{ json: string }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    scalar,
    fc
      .array(fc.tuple(blank, tie('json'), blank), { maxLength: 4 })
      .map((items) => `[${items.map((parts) => parts.join('')).join()}]`),
    fc
      .array(fc.tuple(blank, word.map(quote), blank, fc.constant(': '), tie('json'), blank), { maxLength: 4 })
      .map((fields) => `{${fields.map((parts) => parts.join('')).join()}}`),
  ),
}))

function pointersOf(value: unknown, above: Pointer = []): Pointer[] {
  const beyond = [...above, 'gone', 7]
  if (typeof value !== 'object' || value === null) return [above, beyond, [...above, 0]]
  const inside = Array.isArray(value)
    ? value.flatMap((one, index) => pointersOf(one, [...above, index]))
    : Object.entries(value).flatMap(([key, one]) => pointersOf(one, [...above, key]))
  return [above, beyond, [...above, '0'], ...inside]
}

/** The place of each pointer's key, then of each pointer's value. */
async function placesOf(text: string, pointers: readonly Pointer[]): Promise<string[]> {
  const wanted = [true, false].flatMap((key) => pointers.map((pointer) => ({ pointer, key })))
  const findings = wanted.map(
    (place, index): Finding => ({
      ...place,
      file: 'a',
      rule: 'NOFX_X',
      severity: 'error',
      message: String(index),
      hint: 'h',
    }),
  )
  const where = { kind: 'agents', id: 'a', dir: '', texts: new Map([['a', text]]) }
  const located = await locate(findings, where)
  const inOrder = located.sort((a, b) => Number(a.message) - Number(b.message))
  return inOrder.map(({ line, column }) => `${line}:${column}`)
}

test('places in JSON are the same as for the same text read as YAML', async () => {
  await fc.assert(
    fc.asyncProperty(json, async (text) => {
      const pointers = pointersOf(JSON.parse(text))
      expect(readPlaces(text)).toBeDefined()
      const comment = '# this is YAML\n'
      expect(readPlaces(comment + text)).toBeUndefined()
      const below = await placesOf(`\n${text}`, pointers)
      expect(below).toEqual(await placesOf(comment + text, pointers))
    }),
    { numRuns: 200 },
  )
})

test('offsets after a byte order mark include it', async () => {
  expect(await placesOf('\ufeff{"a": 1}', [['a']])).toEqual(['1:3', '1:8'])
})

test('the places of 100,000 nested brackets are read', () => {
  expect(readPlaces('['.repeat(100_000) + ']'.repeat(100_000))?.at).toBe(0)
  expect(readPlaces('['.repeat(100_000))).toBeUndefined()
})
