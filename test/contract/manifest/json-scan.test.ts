import { describe, expect, test } from 'vitest'
import { scanJson } from '../../../src/contract/manifest/json-scan.ts'
import fc from '../../harness/fast-check.ts'

const ANY_DEPTH = 1_000_000

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** JSON with a few characters taken out, put in or exchanged. */
const almostJson = fc
  .tuple(
    fc.json({ maxDepth: 3 }),
    fc.array(
      fc.tuple(fc.nat(60), fc.nat(2), fc.constantFrom(...'{}[]",:\\0123.-+eEtnu \n\t\u0001\u00a0\ufeff')),
      {
        maxLength: 3,
      },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((made, [at, gone, put]) => made.slice(0, at) + put + made.slice(at + gone), text),
  )

describe('reading JSON exactly', () => {
  test('finds an error in exactly the texts that JSON.parse refuses', () => {
    fc.assert(
      fc.property(almostJson, (text) => {
        expect(scanJson(text, ANY_DEPTH).error === undefined).toBe(isJson(text))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each([
    ['', 0, 'a value'],
    ['{', 1, 'a key in double quotes'],
    ['{"a"}', 4, '":"'],
    ['{"a":1,}', 7, 'a key in double quotes'],
    ['[1,]', 3, 'a value'],
    ['[1 2]', 3, '"," or "]"'],
    ['{"a":1 "b":2}', 7, '"," or "}"'],
    ["{'a':1}", 1, 'a key in double quotes'],
    ['["a\n"]', 1, 'a string that ends on its line, with valid escapes'],
    ['{} {}', 3, 'nothing more'],
    ['[01]', 1, 'a value'],
    ['[1.]', 1, 'a value'],
    ['[NaN]', 1, 'a value'],
  ])('%j stops being JSON at %d, where %s would have fitted', (text, offset, expected) => {
    expect(scanJson(text, ANY_DEPTH).error).toEqual({ offset, expected })
  })

  test('finds every repeated key with its place, also one that is written with escapes', () => {
    const text = '{"a":1,"b":[{"c":1,"c":2}],"\\u0061":3}'
    expect(scanJson(text, ANY_DEPTH).duplicates).toEqual([
      { offset: 19, key: 'c', pointer: ['b', 0, 'c'] },
      { offset: 27, key: 'a', pointer: ['a'] },
    ])
  })

  test('finds the first bracket that opens one level too many', () => {
    expect(scanJson('[[1],[[2]]]', 2)).toEqual({ duplicates: [], tooDeep: 6 })
    expect(scanJson('[[1],[2]]', 2)).toEqual({ duplicates: [] })
  })

  test('needs no stack for nesting of any depth', () => {
    const depth = 500_000
    expect(scanJson('['.repeat(depth) + ']'.repeat(depth), ANY_DEPTH)).toEqual({ duplicates: [] })
  })

  test('tells a listener of each value and key, in the order of the text', () => {
    const heard: string[] = []
    scanJson('{"a":[1,{}],"b":null}', ANY_DEPTH, {
      value: (offset, bracket) => heard.push(`${offset}${bracket ?? ''}`),
      key: (offset, key) => heard.push(`${offset} ${key}`),
      close: () => heard.push('end'),
    })
    expect(heard).toEqual(['0{', '1 a', '5[', '6', '8{', 'end', 'end', '12 b', '16', 'end'])
  })
})
