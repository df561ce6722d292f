import { describe, expect, test } from 'vitest'
import { checkJsonSchema } from '../../../../src/contract/fields/json-schema.ts'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import {
  checkParameters,
  secretNames,
  withDefaults,
} from '../../../../src/plugins/templates/instantiate/parameters.ts'
import { linesOf } from './support/set-up.ts'

const SCHEMA: JsonObject = {
  type: 'object',
  required: ['repo'],
  properties: {
    repo: { type: 'string', pattern: '^[a-z]+/[a-z]+$' },
    severity: { type: 'string', enum: ['low', 'high'], default: 'low' },
    count: { type: 'integer', minimum: 1, maximum: 9 },
    ratio: { type: 'number', exclusiveMinimum: 0, multipleOf: 0.5 },
    dryRun: { type: 'boolean' },
    mail: { type: 'string', format: 'email' },
    note: { type: ['string', 'null'], minLength: 2, maxLength: 5 },
    labels: { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2, uniqueItems: true },
    config: {
      type: 'object',
      required: ['mode'],
      additionalProperties: false,
      properties: { mode: { const: 'fast' }, colour: { type: 'string' } },
    },
    either: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
    forms: { oneOf: [{ required: ['a'] }, { required: ['b'] }] },
    pair: { dependentRequired: { a: ['b'] } },
    tagged: { propertyNames: { pattern: '^x-' } },
    point: { prefixItems: [{ type: 'number' }], items: false },
    forbidden: { not: {} },
    node: { $ref: '#/$defs/node' },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    if: { if: { required: ['a'] }, then: { required: ['b'] } },
  },
  $defs: {
    node: { type: 'object', properties: { value: { type: 'number' }, next: { $ref: '#/$defs/node' } } },
  },
}

/** Findings on these values together with a valid "repo". */
const check = (values: JsonObject) => linesOf(checkParameters(SCHEMA, { repo: 'acme/app', ...values }))

test('the schema of these tests is valid', () => {
  const findings: Parameters<typeof checkJsonSchema>[3] = []
  checkJsonSchema(SCHEMA, 'template.json', [], findings)
  expect(findings).toEqual([])
})

describe('values that fit the schema', () => {
  test.each<[JsonObject]>([
    [{}],
    [{ severity: 'high', count: 9, ratio: 1.5, dryRun: false, mail: 'a@b.example' }],
    [{ note: null, labels: ['a', 'b'], config: { mode: 'fast' }, either: 3 }],
    [{ forms: { a: 1 }, pair: { a: 1, b: 1 }, tagged: { 'x-1': 1 }, point: [1], if: {} }],
    [{ node: { value: 1, next: { value: 2, next: { next: {} } } } }],
  ])('%j', (values) => expect(check(values)).toEqual([]))
})

describe('values that do not fit the schema', () => {
  test.each<[JsonObject, string]>([
    [{ repo: 'Acme' }, 'INVALID repo: repo "Acme" must match "^[a-z]+/[a-z]+$" | change repo'],
    [{ repo: 7 }, 'INVALID repo: repo 7 must be a string | change repo to a string'],
    [
      { severity: 'hihg' },
      'INVALID severity: severity "hihg" must be one of "low", "high" | change severity to one of "low", "high"',
    ],
    [{ count: '3' }, 'INVALID count: count "3" must be a whole number | change count to a whole number'],
    [{ count: 1.5 }, 'INVALID count: count 1.5 must be a whole number | change count to a whole number'],
    [{ count: 0 }, 'INVALID count: count 0 must be at least 1 | change count to at least 1'],
    [{ count: 10 }, 'INVALID count: count 10 must be at most 9 | change count to at most 9'],
    [{ ratio: 0 }, 'INVALID ratio: ratio 0 must be more than 0 | change ratio to more than 0'],
    [
      { ratio: 0.7 },
      'INVALID ratio: ratio 0.7 must be a multiple of 0.5 | change ratio to a multiple of 0.5',
    ],
    [
      { dryRun: 'yes' },
      'INVALID dryRun: dryRun "yes" must be true or false | change dryRun to true or false',
    ],
    [{ mail: 'me' }, 'INVALID mail: mail "me" must have the format "email" | give mail the format "email"'],
    [{ note: 1 }, 'INVALID note: note 1 must be a string or null | change note to a string or null'],
    [
      { note: 'a' },
      'INVALID note: note "a" must have at least 2 characters | give note at least 2 characters',
    ],
    [
      { note: 'abcdef' },
      'INVALID note: note "abcdef" must have at most 5 characters | give note at most 5 characters',
    ],
    [{ labels: [] }, 'INVALID labels: labels [] must have at least 1 entry | give labels at least 1 entry'],
    [{ labels: ['a', 2] }, 'INVALID labels.1: labels[1] 2 must be a string | change labels[1] to a string'],
    [
      { labels: ['a', 'a'] },
      'INVALID labels: labels an array with 2 entries must not repeat an entry | change labels',
    ],
    [{ config: {} }, 'MISSING config: config.mode is missing | add "mode"'],
    [
      { config: { mode: 'slow' } },
      'INVALID config.mode: config.mode "slow" must be "fast" | change config.mode to "fast"',
    ],
    [
      { config: { mode: 'fast', color: 'red' } },
      'UNKNOWN config.color: unknown field in config: "color" | write "colour"',
    ],
    [
      { either: true },
      'INVALID either: either true must be a string or a whole number | change either to a string or a whole number',
    ],
    [
      { forms: { a: 1, b: 1 } },
      'INVALID forms: forms an object must have exactly one of several forms | give forms exactly one of several forms',
    ],
    [{ pair: { a: 1 } }, 'MISSING pair: pair.b is missing | add "b"'],
    [{ tagged: { y: 1 } }, 'INVALID tagged.y: tagged.y is not allowed as a key | rename the key'],
    [{ point: [1, 2] }, 'INVALID point.1: point[1] 2 is not allowed here | change point[1]'],
    [{ forbidden: 1 }, 'INVALID forbidden: forbidden 1 is not allowed here | change forbidden'],
    [
      { node: { next: { next: { value: 'x' } } } },
      'INVALID node.next.next.value: node.next.next.value "x" must be a number | change node.next.next.value to a number',
    ],
    [{ if: { a: 1 } }, 'MISSING if: if.b is missing | add "b"'],
    [{ repositry: 'x' }, 'UNKNOWN repositry: unknown parameter "repositry" | remove it'],
    [{ severty: 'low' }, 'UNKNOWN severty: unknown parameter "severty" | write "severity"'],
    [{ toString: 'x' }, 'UNKNOWN toString: unknown parameter "toString" | remove it'],
    [{ 'a/b~c%#': 'x' }, 'UNKNOWN a/b~c%#: unknown parameter "a/b~c%#" | remove it'],
    [{ größe: 'x' }, 'UNKNOWN größe: unknown parameter "größe" | remove it'],
  ])('%j', (values, expected) => expect(check(values)).toEqual([`NOFX_PARAMETER_${expected}`]))

  test('are all reported at once, and a missing one is named', () => {
    expect(linesOf(checkParameters(SCHEMA, { severty: 'low', count: 'x', config: { color: 1 } }))).toEqual([
      'NOFX_PARAMETER_MISSING : repo is missing | add "repo"',
      'NOFX_PARAMETER_INVALID count: count "x" must be a whole number | change count to a whole number',
      'NOFX_PARAMETER_MISSING config: config.mode is missing | add "mode"',
      'NOFX_PARAMETER_UNKNOWN config.color: unknown field in config: "color" | write "colour"',
      'NOFX_PARAMETER_UNKNOWN severty: unknown parameter "severty" | write "severity"',
    ])
  })

  test('with an unknown name show the known names if they are few, and never the value', () => {
    const findings = checkParameters({ properties: { a: {}, b: {} } }, { zzzz: 'hunter2-hunter2' })
    expect(linesOf(findings)).toEqual([
      'NOFX_PARAMETER_UNKNOWN zzzz: unknown parameter "zzzz" | remove it; known ones are a, b',
    ])
  })

  test('are all values of a template without parameters', () => {
    expect(linesOf(checkParameters({}, { a: 1 }))).toEqual([
      'NOFX_PARAMETER_UNKNOWN a: unknown parameter "a" | remove it',
    ])
  })

  test.each<[string, JsonObject]>([
    ['additionalProperties', { additionalProperties: true }],
    ['additionalProperties with a schema', { additionalProperties: { type: 'number' } }],
    ['patternProperties', { patternProperties: { '^x': {} } }],
    ['unevaluatedProperties', { unevaluatedProperties: true }],
  ])('are accepted if the schema allows more by %s', (_, schema) =>
    expect(checkParameters(schema, { x1: 1 })).toEqual([]),
  )

  test('a parameter may have the name of a keyword', () => {
    const schema = {
      properties: { not: { type: 'string' }, anyOf: { type: 'number' }, $ref: { minimum: 2 } },
    }
    expect(linesOf(checkParameters(schema, { not: 1, anyOf: 'x', $ref: 1 }))).toEqual([
      'NOFX_PARAMETER_INVALID not: not 1 must be a string | change not to a string',
      'NOFX_PARAMETER_INVALID anyOf: anyOf "x" must be a number | change anyOf to a number',
      'NOFX_PARAMETER_INVALID $ref: "$ref" 1 must be at least 2 | change "$ref" to at least 2',
    ])
  })

  test('a required parameter with a default may be absent', () => {
    expect(checkParameters({ required: ['a'], properties: { a: { default: 1 } } }, {})).toEqual([])
  })

  test('required parameters with names from JavaScript are missing unless they are given', () => {
    expect(linesOf(checkParameters({ required: ['valueOf'], properties: { valueOf: {} } }, {}))).toEqual([
      'NOFX_PARAMETER_MISSING : valueOf is missing | add "valueOf"',
    ])
  })
})

describe('schemas that no rule refuses and that validators often get wrong', () => {
  test.each<[string, JsonObject]>([
    ['a format of JavaScript', { properties: { a: { format: 'hasOwnProperty' } } }],
    ['another one', { properties: { a: { format: '__proto__' } } }],
    ['a keyword of another draft', { properties: { a: {} }, $recursiveRef: '#' }],
    ['dependencies', { properties: { a: {} }, dependencies: { a: null } }],
    ['an id that is not a URI', { properties: { a: { $id: 'http://[' } } }],
    ['one id twice', { properties: { a: { $id: 'x:1' }, b: { $id: 'x:1' } } }],
  ])('%s', (_, schema) => {
    const findings: Parameters<typeof checkJsonSchema>[3] = []
    checkJsonSchema(schema, 'template.json', [], findings)
    expect(findings).toEqual([])
    expect(checkParameters(schema, { a: 'x' })).toEqual([])
  })

  test('the expression for "url" is not executed, because it would take a lifetime', () => {
    const values = { a: `http://${'a'.repeat(200)}!` }
    expect(checkParameters({ properties: { a: { format: 'url' } } }, values)).toEqual([])
  })

  test('of many wrong entries fifty are listed', () => {
    const schema = { properties: { a: { type: 'array', items: { items: { type: 'object' } } } } }
    const values = { a: Array.from({ length: 12 }, () => Array.from({ length: 10_000 }, () => 1)) }
    const lines = linesOf(checkParameters(schema, values))
    expect(lines[0]).toBe(
      'NOFX_PARAMETER_INVALID a.0.0: a[0][0] 1 must be an object | change a[0][0] to an object',
    )
    expect(lines).toHaveLength(50)
  })

  test('a stored pattern of nested repetitions is answered at once', () => {
    const schema = { properties: { a: { pattern: '^([\\w.-]+/?)+$' } } }
    expect(linesOf(checkParameters(schema, { a: 'acme-corporation-international-repo-name!' }))).toHaveLength(
      1,
    )
    expect(checkParameters(schema, { a: 'acme/repo.name' })).toEqual([])
  })

  test('of ten thousand unknown names fifty are listed', () => {
    const values = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`x${index}`, 1]))
    expect(checkParameters({ properties: { severity: {} } }, values)).toHaveLength(50)
  })

  test('a circular schema is a finding, not an exception', () => {
    const schema = {
      properties: { a: { $ref: '#/$defs/a' } },
      $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } },
    }
    expect(linesOf(checkParameters(schema, { a: 1 }))).toEqual([
      'NOFX_PARAMETER_WORK : checking the parameters against their schema would take more than 200000 steps | give shorter lists and texts, or simplify the schema',
    ])
  })
})

describe('defaults of parameters', () => {
  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['replace absent values', { properties: { a: { default: 1 } } }, {}, { a: 1 }],
    ['do not replace null', { properties: { a: { default: 1 } } }, { a: null }, { a: null }],
    [
      'may be false or empty',
      { properties: { a: { default: false }, b: { default: '' } } },
      {},
      { a: false, b: '' },
    ],
    [
      'are filled into nested properties',
      { properties: { a: { properties: { b: { default: 1 } } } } },
      { a: { c: 2 } },
      { a: { c: 2, b: 1 } },
    ],
    [
      'are not filled into absent objects',
      { properties: { a: { properties: { b: { default: 1 } } } } },
      {},
      {},
    ],
    [
      'fill in values inside a default',
      { properties: { a: { default: {}, properties: { b: { default: 1 } } } } },
      {},
      { a: { b: 1 } },
    ],
    [
      'of entries',
      { properties: { a: { items: { properties: { b: { default: 1 } } } } } },
      { a: [{}, { b: 2 }, 3] },
      { a: [{ b: 1 }, { b: 2 }, 3] },
    ],
    [
      'are found through a reference',
      {
        properties: { a: { $ref: '#/$defs/a' } },
        $defs: { a: { default: { c: 1 }, properties: { b: { default: 2 } } } },
      },
      {},
      { a: { c: 1, b: 2 } },
    ],
    [
      'of a recursive schema are filled in once',
      {
        properties: { a: { $ref: '#/$defs/a' } },
        $defs: { a: { properties: { a: { $ref: '#/$defs/a', default: {} } } } },
      },
      { a: {} },
      { a: { a: {} } },
    ],
    [
      'are ignored for a value that is not an object',
      { properties: { a: { properties: { b: { default: 1 } } } } },
      { a: 'x' },
      { a: 'x' },
    ],
  ])('%s', (_, schema, values, expected) => {
    const before = structuredClone(values)
    expect(withDefaults(schema, values)).toStrictEqual(expected)
    expect(values).toStrictEqual(before)
    expect(withDefaults(schema, withDefaults(schema, values))).toStrictEqual(expected)
  })

  /** Schemas that each contain the next one twice. */
  const doubling = (levels: number): JsonObject => {
    const $defs: JsonObject = { [`d${levels}`]: { default: 1 } }
    for (let level = 0; level < levels; level++) {
      const next = { $ref: `#/$defs/d${level + 1}`, ...(level + 1 < levels ? { default: {} } : {}) }
      $defs[`d${level}`] = { properties: { a: next, b: next } }
    }
    return { properties: { x: { $ref: '#/$defs/d0', default: {} } }, $defs }
  }

  test('that double with every level are filled in while they are few, and otherwise refused', () => {
    expect(checkParameters(doubling(10), {})).toEqual([])
    expect(JSON.stringify(withDefaults(doubling(10), {})).match(/1/g)).toHaveLength(1024)
    expect(linesOf(checkParameters(doubling(40), {}))).toEqual([
      'NOFX_PARAMETER_SIZE : the parameters would be completed with more than 10000 defaults | give the values that have defaults inside',
    ])
  })

  test('are found in one pass however many paths lead to a schema', () => {
    const $defs: JsonObject = {}
    for (let level = 0; level < 30; level++) {
      const next = { $ref: `#/$defs/d${level + 1}` }
      $defs[`d${level}`] = { ...next, properties: { p: next } }
    }
    const schema = {
      properties: { p: { $ref: '#/$defs/d0' } },
      $defs: { ...$defs, d30: { properties: { q: { default: 1 } } } },
    }
    let values: JsonObject = {}
    for (let level = 0; level < 28; level++) values = { p: values }
    const filled = JSON.stringify(withDefaults(schema, values))
    expect(filled.match(/"q":1/g)).toHaveLength(28)
  })

  test('are copies: changing one instance does not change the next', () => {
    const schema = { properties: { a: { default: { list: [1] } } } }
    const first = withDefaults(schema, {}) as { a: { list: number[] } }
    first.a.list.push(2)
    expect(withDefaults(schema, {})).toEqual({ a: { list: [1] } })
    expect(schema.properties.a.default).toEqual({ list: [1] })
  })

  test('are reported if they are wrong', () => {
    expect(linesOf(checkParameters({ properties: { a: { type: 'string', default: 1 } } }, {}))).toEqual([
      'NOFX_PARAMETER_INVALID a: a 1 must be a string | change a to a string',
    ])
  })
})

describe('secret parameters', () => {
  test('are those with a mark on themselves or inside', () => {
    const schema = {
      properties: {
        token: { 'x-secret': true },
        open: { 'x-secret': false },
        login: { properties: { password: { 'x-secret': true } } },
        list: { items: { 'x-secret': true } },
        odd: { 'x-secret': 'yes' },
        plain: { type: 'string' },
      },
    }
    expect([...secretNames(schema)]).toEqual(['token', 'login', 'list', 'odd'])
  })

  const SECRETS: JsonObject = {
    required: ['token'],
    properties: {
      token: { type: 'string', 'x-secret': true, minLength: 40, pattern: '^sk' },
      pin: { type: 'integer', 'x-secret': true, maximum: 10, enum: [1, 2] },
      login: {
        'x-secret': true,
        type: 'object',
        required: ['user'],
        additionalProperties: false,
        properties: { user: { type: 'number' } },
      },
    },
  }

  test.each<[JsonObject, string]>([
    [
      { token: 'hunter2' },
      'INVALID token: token must have at least 40 characters | give token at least 40 characters',
    ],
    [{ token: 812_734 }, 'INVALID token: token must be a string | change token to a string'],
    [{ pin: 812_734 }, 'INVALID pin: pin is not a value that is allowed | change pin'],
    [
      { login: { user: 'hunter2' } },
      'INVALID login: login does not have the form that is declared | change login',
    ],
    [{ login: { hunter2: 1 } }, 'MISSING login: login.user is missing | add "user"'],
    [{ login: 'hunter2' }, 'INVALID login: login must be an object | change login to an object'],
    [{ login: { constructor: 1 } }, 'KEY login: something in login is not allowed as a key | rename the key'],
    [
      { login: { hunter2: 'hunter2\0' } },
      'VALUE login: something in login holds U+0000 or half of a character | remove that character',
    ],
  ])('are reported without any part of their value: %j', (values, expected) => {
    const lines = linesOf(checkParameters(SECRETS, { token: `sk${'x'.repeat(38)}`, ...values }))
    expect(lines).toContain(`NOFX_PARAMETER_${expected}`)
    expect(lines.join('\n')).not.toMatch(/hunter2|812734/)
  })

  test('that are required must be given, unless secrets come later', () => {
    expect(linesOf(checkParameters(SECRETS, {}))).toEqual([
      'NOFX_PARAMETER_MISSING : token is missing | add "token"',
    ])
    expect(checkParameters(SECRETS, {}, true)).toEqual([])
    expect(checkParameters({ ...SECRETS, required: ['token', 'else'] }, {}, true)).toHaveLength(1)
  })
})

test('a missing parameter is explained in the words of the template, on one line', () => {
  const properties = {
    repo: { type: 'string', description: 'Where the issue is,\nas owner/name.', examples: ['a/b'] },
    tag: { type: 'string', examples: ['v1.2.3'] },
    long: { type: 'string', description: 'x'.repeat(500) },
    plain: { type: 'string' },
  }
  const schema = { type: 'object', properties, required: Object.keys(properties) }
  expect(checkParameters(schema, {}).map(({ message }) => message)).toEqual([
    'repo is missing: Where the issue is, as owner/name.',
    'tag is missing, for example v1.2.3',
    `long is missing: ${'x'.repeat(119)}…`,
    'plain is missing',
  ])
})
