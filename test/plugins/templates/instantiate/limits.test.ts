import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { checkParameters } from '../../../../src/plugins/templates/instantiate/parameters.ts'
import fc from '../../../harness/fast-check.ts'
import { linesOf } from './support/set-up.ts'

const ANYTHING: JsonObject = { additionalProperties: true }
const check = (values: unknown, schema = ANYTHING) => linesOf(checkParameters(schema, values as JsonObject))

const SIZE =
  'NOFX_PARAMETER_SIZE : parameters take more than 262144 bytes of JSON | give a path or a URL instead of the content'
const DEPTH =
  'NOFX_PARAMETER_SIZE : parameters are nested more than 32 levels deep | give the nested value as a parameter of its own'

/** An object with that many levels, itself included. */
function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = level % 2 === 0 ? { a: value } : [value]
  return value
}

/** `{"a":"xx…"}` of that many bytes. */
const sized = (bytes: number, unit = 'x') => ({ a: unit.repeat((bytes - 8) / Buffer.byteLength(unit)) })

describe('the size and depth of parameters', () => {
  test.each<[string, unknown, string[]]>([
    ['256 KiB', sized(262_144), []],
    ['a byte more', sized(262_145), [SIZE]],
    ['256 KiB in umlauts', sized(262_144, 'ä'), []],
    ['more in umlauts', sized(262_146, 'ä'), [SIZE]],
    ['1 MB in one text', sized(1_000_008), [SIZE]],
    ['1 MB in one key', { ['k'.repeat(1_000_000)]: 1 }, [SIZE]],
    ['1 MB in a list', { a: Array.from({ length: 500_000 }, () => 1) }, [SIZE]],
    [
      'a list of more than ten thousand entries',
      { a: { b: Array.from({ length: 10_001 }, () => 1) } },
      ['NOFX_PARAMETER_SIZE a.b: a.b is a list of more than 10000 entries | give a file or a URL'],
    ],
    ['a list of ten thousand entries', { a: Array.from({ length: 10_000 }, () => 1) }, []],
    ['escapes count as they are written', { a: '\n'.repeat(131_073) }, [SIZE]],
    ['32 levels', { a: nested(31) }, []],
    ['33 levels', { a: nested(32) }, [DEPTH]],
    ['100,000 levels', { a: nested(100_000) }, [DEPTH]],
    ['wide and deep', { b: 'x'.repeat(300_000), a: nested(100_000) }, [SIZE]],
  ])('%s', (_, values, expected) => expect(check(values)).toEqual(expected))

  test('are checked before everything else, unknown names included', () => {
    expect(check({ nobody: 'x'.repeat(300_000), other: { constructor: 1 } }, {})).toEqual([SIZE])
  })

  test('are refused for a value that contains itself, and for a few aliases that expand', () => {
    const circle: JsonObject = {}
    circle.a = circle
    expect(check(circle)).toEqual([DEPTH])
    let bomb: unknown = 'lol'
    for (let level = 0; level < 30; level++) bomb = Array.from({ length: 10 }, () => bomb)
    expect(check({ bomb })).toEqual([SIZE])
  })

  test('are measured in bytes of the JSON, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.integer({ min: 0, max: 3 }),
        (some, more) => {
          const values = { ...some }
          const rest = 262_144 - Buffer.byteLength(JSON.stringify({ ...values, '#': '' }))
          values['#'] = 'x'.repeat(rest + more)
          const tooLarge = check(values).includes(SIZE)
          expect(tooLarge).toBe(Buffer.byteLength(JSON.stringify(values)) > 262_144)
        },
      ),
    )
  })
})

test.each<[unknown]>([[[1]], ['x'], [null], [undefined], [new Date(0)]])(
  '%j are not valid parameters',
  (values) => {
    expect(check(values)).toEqual([
      'NOFX_PARAMETER_INVALID : parameters are not an object | give an object of values by name',
    ])
  },
)

describe('keys of prototypes', () => {
  test.each([
    ['{"__proto__": {"admin": true}}', '__proto__'],
    ['{"constructor": 1}', 'constructor'],
    ['{"prototype": 1}', 'prototype'],
    ['{"a": {"b": [{"__proto__": 1}]}}', 'a.b[0].__proto__'],
    ['{"a": {"constructor": {"x": 1}}}', 'a.constructor'],
  ])('%s', (json, path) => {
    const [line] = check(JSON.parse(json))
    expect(line).toBe(
      `NOFX_PARAMETER_KEY ${path.replace('[0]', '.0')}: ${path} is not allowed as a key | rename the key`,
    )
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test('are refused as names of declared parameters too', () => {
    expect(check({ constructor: 'x' }, { properties: { constructor: { type: 'string' } } })).toHaveLength(1)
  })
})

describe('values that are not JSON, or would not be stored unchanged', () => {
  test.each<[string, unknown, string]>([
    ['undefined', undefined, 'is not a JSON value'],
    ['a function', () => 1, 'is not a JSON value'],
    ['a symbol', Symbol('x'), 'is not a JSON value'],
    ['a bigint', 1n, 'is not a JSON value'],
    ['a date', new Date(0), 'is not a JSON value'],
    ['a map', new Map([['a', 1]]), 'is not a JSON value'],
    ['bytes', new Uint8Array(2), 'is not a JSON value'],
    ['NaN', Number.NaN, 'is not a JSON number'],
    ['infinity', Number.POSITIVE_INFINITY, 'is not a JSON number'],
    ['a number that is rounded', 2 ** 53, 'is a whole number that would be rounded'],
    ['U+0000', 'a\0b', 'holds U+0000 or half of a character'],
    ['half of a character', 'a\ud83d', 'holds U+0000 or half of a character'],
    ['the other half', '\ude00b', 'holds U+0000 or half of a character'],
  ])('%s', (_, value, problem) => {
    const [line, ...others] = check({ list: [value] })
    expect(line).toContain(`NOFX_PARAMETER_VALUE list.0: list[0] ${problem}`)
    expect(others).toEqual([])
  })

  test('keys with such characters are refused', () => {
    expect(check({ 'a\0': 1, '\ud800': 1 })).toHaveLength(2)
  })

  test.each<[string, unknown]>([
    ['emoji and scripts', '👩‍👩‍👧 日本語 עברית ไทย'],
    ['characters beyond the first plane', '𝒳🧪'],
    ['line ends and tabs', 'a\r\n\tb\u2028'],
    ['the largest number', Number.MAX_SAFE_INTEGER],
    ['a fraction', 0.1],
    ['an object without prototype', Object.assign(Object.create(null), { a: 1 })],
  ])('%s is accepted', (_, value) => expect(check({ value })).toEqual([]))
})
