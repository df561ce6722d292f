import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { checkJsonSchema } from '../../../src/contract/fields/json-schema.ts'
import type { JsonObject } from '../../../src/contract/kind.ts'
import { evaluate } from '../../../src/contract/schemas/evaluate.ts'
import { resolveSchema } from '../../../src/contract/schemas/resolve.ts'

function fits(schema: JsonObject, value: unknown): boolean {
  const findings: Finding[] = []
  checkJsonSchema(schema, 'a.json', [], findings)
  expect(findings).toEqual([])
  const resolved = resolveSchema(schema)
  return evaluate(resolved.root, value, resolved)?.length === 0
}

/** Cases of JSON-Schema-Test-Suite, draft 2020-12, that implementations often get wrong. */
describe('draft 2020-12', () => {
  const ANCHORS = {
    $id: 'https://example.com/base.json',
    $ref: 'int.json',
    $defs: {
      bigint: { $id: '/ref-and-id2/base/', $anchor: 'bigint', maximum: 10 },
      int: { $id: 'int.json', maximum: 2 },
    },
  }
  const SAME_ANCHOR = {
    $id: 'http://localhost:1234/foobar',
    $defs: {
      A: {
        $id: 'child1',
        allOf: [
          { $id: 'child2', $anchor: 'a', type: 'number' },
          { $anchor: 'a', type: 'string' },
        ],
      },
    },
    $ref: 'child1#a',
  }
  const NESTED_PROPERTIES = {
    properties: { foo: { type: 'string' } },
    allOf: [{ properties: { bar: { type: 'string' } } }],
    unevaluatedProperties: false,
  }
  test.each<[string, JsonObject, unknown, boolean]>([
    ['$id, $anchor and $ref beside each other', ANCHORS, 1, true],
    ['$id, $anchor and $ref beside each other: the wrong one', ANCHORS, 5, false],
    ['the same anchor with another base', SAME_ANCHOR, 'a', true],
    ['the same anchor with another base: the other', SAME_ANCHOR, 1, false],
    [
      'unevaluatedItems sees if without then and else',
      { if: { prefixItems: [{ const: 'a' }] }, unevaluatedItems: false },
      ['a'],
      true,
    ],
    [
      'unevaluatedItems ignores an if that fails',
      { if: { prefixItems: [{ const: 'a' }] }, unevaluatedItems: false },
      ['b'],
      false,
    ],
    [
      'unevaluatedItems sees contains',
      { contains: { const: 1 }, unevaluatedItems: { const: 2 } },
      [2, 1, 2],
      true,
    ],
    ['unevaluatedProperties sees allOf', NESTED_PROPERTIES, { foo: 'a', bar: 'b' }, true],
    [
      'unevaluatedProperties sees no cousins',
      { allOf: [{ properties: { foo: true } }, { unevaluatedProperties: false }] },
      { foo: 1 },
      false,
    ],
    [
      'unevaluatedProperties ignores a branch that fails',
      { anyOf: [{ properties: { foo: { const: 1 } } }, true], unevaluatedProperties: false },
      { foo: 2 },
      false,
    ],
    ['dependentSchemas', { dependentSchemas: { a: { required: ['b'] } } }, { a: 1 }, false],
    ['1.0 is an integer', { type: 'integer' }, 1.0, true],
    ['0.0075 is a multiple of 0.0001', { multipleOf: 0.0001 }, 0.0075, true],
    ['1e308 is a multiple of 0.5', { multipleOf: 0.5 }, 1e308, true],
    [
      'objects with keys in another order are equal',
      { uniqueItems: true },
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      false,
    ],
    ['1 and true are not equal', { uniqueItems: true }, [1, true], true],
    ['an inherited name is absent', { required: ['toString'] }, {}, false],
    ['characters count once', { maxLength: 2 }, '💩💩', true],
    ['minContains 0', { contains: { const: 1 }, minContains: 0 }, [], true],
    [
      'a reference beside other keywords',
      { $ref: '#/$defs/a', maxItems: 2, $defs: { a: { type: 'array' } } },
      [1, 2, 3],
      false,
    ],
    ['a pointer with escapes', { $ref: '#/$defs/a~1b~0c%25', $defs: { 'a/b~c%': { const: 1 } } }, 1, true],
    [
      'recursion through the value',
      { properties: { foo: { $ref: '#' } }, additionalProperties: false },
      { foo: { bar: 1 } },
      false,
    ],
    ['prefixItems and items', { prefixItems: [{}], items: { const: 1 } }, ['x', 1, 2], false],
  ])('%s', (_, schema, value, expected) => expect(fits(schema, value)).toBe(expected))
})

describe('formats', () => {
  test.each<[string, string, boolean]>([
    ['email', '"joe bloggs"@example.com', true],
    ['email', '"joe@bloggs"@example.com', true],
    ['email', 'joe.bloggs@[127.0.0.1]', true],
    ['email', 'te..st@example.com', false],
    ['time', '23:59:60Z', true],
    ['time', '15:59:60-08:00', true],
    ['time', '22:59:60Z', false],
    ['date-time', '1998-12-31T23:59:60Z', true],
    ['date', '2021-02-29', false],
    ['duration', 'P1Y2M3DT4H5M6S', true],
    ['duration', 'PT', false],
    ['duration', 'P2W', true],
    ['uri-template', 'http://example.com/dictionary/{term:1}/{term}', true],
    ['uri-template', 'http://example.com/{term', false],
    ['uri', 'http://foo.bar/?baz=qux#quux', true],
    ['uri', '//foo.bar', false],
    ['ipv6', '::1', true],
    ['ipv6', '1::2::3', false],
    ['ipv4', '256.1.1.1', false],
    ['hostname', '-bad.example', false],
    ['uuid', '2EB8AA08-AA98-11EA-B4AA-73B441D16380', true],
    ['json-pointer', '/foo~2', false],
    ['toString', 'anything', true],
  ])('%s: %s', (format, text, expected) => expect(fits({ format }, text)).toBe(expected))

  test.each([
    'email',
    'uri',
    'uri-reference',
    'uri-template',
    'hostname',
    'duration',
    'json-pointer',
    'regex',
    'ipv6',
  ])('the format %s checks the longest text at once', (format) => {
    const start = performance.now()
    for (const unit of [
      'a',
      'a.',
      '{a',
      '{a}',
      '%41',
      '//',
      'a@',
      '1:',
      '::',
      'P1',
      '~0',
      '(',
      '(?:a',
      '"\\"',
    ])
      fits({ format }, unit.repeat(250_000 / unit.length))
    expect(performance.now() - start).toBeLessThan(10_000)
  })
})

describe('patterns have the meaning of ECMAScript', () => {
  const TEXTS = [
    '',
    'a',
    'A',
    'é',
    '1',
    '١',
    ' ',
    '\u00a0',
    '\ufeff',
    '\u2028',
    '\n',
    'a\n',
    '-',
    ']',
    '^',
    '😀',
    'ab',
    '\b',
    '[',
    '&&',
    '{1}',
  ]
  test.each([
    '^\\s$',
    '^\\S$',
    '^[\\s]$',
    '^[^\\s]$',
    '^\\S+$',
    '^\\p{Letter}+$',
    '^\\P{Letter}$',
    '^\\p{L}$',
    '^\\p{gc=Lu}$',
    '^[\\p{L}\\d]+$',
    '^\\p{Script=Latin}$',
    '^.$',
    '^\\w$',
    '^\\W$',
    '^[^]$',
    '[]',
    '^[\\]^-]$',
    '^[a-]$',
    '\\bab\\b',
    '^\\u{1F600}$',
    '^\\ud83d\\ude00$',
    '^[\\u{1F600}-\\u{1F64F}]$',
    '^[\\b]$',
    '^(?<n>a)$',
    'a$',
    '^a|b$',
    '^a{1,2}?b',
    '^[&&]+$',
    '^[[]$',
    '^\\cJ$',
    '^\\x41$',
    '^[^\\S]$',
    '^\\^$',
    '^[\\-]$',
    '^\\{1\\}$',
    '^\\p{ASCII}+$',
    '^\\P{ASCII}$',
  ])('%s', (pattern) => {
    const expression = new RegExp(pattern, 'u')
    for (const text of TEXTS) expect([text, fits({ pattern }, text)]).toEqual([text, expression.test(text)])
  })
})
