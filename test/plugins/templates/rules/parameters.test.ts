import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { check, findingsOn, lines, manifest, step } from '../support/template.ts'

/** The good template with only these parameters, all of them used, and these examples. */
function taking(parameters: JsonObject, examples: unknown[] = []): JsonObject {
  const names = Object.keys((parameters.properties ?? {}) as object).filter((name) => /^[\w-]+$/.test(name))
  const inputs = Object.fromEntries(names.map((name) => [name, `{{parameters.${name}}}`]))
  const steps = [step('a', { inputs }), step('d', { dependsOn: ['a'] })]
  return manifest({ defaultPlan: { steps }, parameters, examples })
}

const object = (properties: JsonObject, more: JsonObject = {}) => ({ type: 'object', properties, ...more })
const secret = { type: 'string', 'x-secret': true }

const DOUBLING = Object.fromEntries(
  Array.from({ length: 28 }, (_, level) => {
    const next = { $ref: `#/$defs/d${level + 1}` }
    return [`d${level}`, level === 27 ? {} : { allOf: [next, next] }]
  }),
)

describe('the schema of parameters', () => {
  test.each<[string, JsonObject, string[]]>([
    ['no parameters', object({}), []],
    ['a schema without a type', { properties: { a: { type: 'string' } } }, []],
    ['a schema that allows more', object({ a: {} }, { additionalProperties: true }), []],
    [
      'references inside the schema',
      object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: { type: 'string' } } }),
      [],
    ],
    ['other forms', object({ a: {}, b: {} }, { anyOf: [{ required: ['a'] }, { required: ['b'] }] }), []],
    ['a list', { type: 'array' }, ['PARAMETERS_OBJECT parameters.type']],
    ['an object or null', { type: ['object', 'null'] }, ['PARAMETERS_OBJECT parameters.type']],
    ['parameters without "properties"', { repo: { type: 'string' } }, ['PARAMETERS_OBJECT parameters.repo']],
    ['an unknown type', object({ a: { type: 'text' } }), ['JSON_SCHEMA parameters.properties.a.type']],
    ['an invalid pattern', object({ a: { pattern: '(' } }), ['JSON_SCHEMA parameters.properties.a.pattern']],
    [
      'a reference that leads nowhere',
      object({ a: { $ref: '#/$defs/x' } }),
      ['JSON_SCHEMA parameters.properties.a.$ref'],
    ],
    [
      'a remote reference',
      object({ a: { $ref: 'https://example.com/a.json' } }),
      ['JSON_SCHEMA_REMOTE parameters.properties.a.$ref'],
    ],
    ['an $id that nothing refers to', object({ a: { $id: 'http://[' } }), []],
    [
      'an $id that is not a URL beside a text that looks like a reference',
      object({ a: { $id: 'http://[', default: { $ref: 'x' } } }),
      [],
    ],
    [
      'an $id that is not a URL beside a reference',
      object({ a: { $id: 'http://[' }, b: { $ref: '#' } }),
      ['JSON_SCHEMA parameters'],
    ],
    [
      'a pattern that takes for ever elsewhere, and a default that it refuses',
      object({ a: { type: 'string', pattern: '^(a+)+$', default: `${'a'.repeat(36)}!` } }),
      ['PARAMETER_DEFAULT parameters.properties.a.default'],
    ],
    [
      'a pattern that RE2 does not support',
      object({ a: { pattern: '^(?!x)a' } }),
      ['JSON_SCHEMA_PATTERN parameters.properties.a.pattern'],
    ],
    [
      'a schema that doubles itself 28 times',
      { ...object({ a: { $ref: '#/$defs/d0' } }), $defs: DOUBLING },
      ['JSON_SCHEMA_SIZE parameters'],
    ],
    [
      'a default with more entries than a caller may give',
      object({ a: { uniqueItems: true, default: Array.from({ length: 15_000 }, (_, index) => index) } }),
      ['PARAMETER_DEFAULT parameters.properties.a.default'],
    ],
    [
      'a name with a blank',
      object({ 'the repo': {} }),
      ['PARAMETER_NAME parameters.properties.the repo', 'PARAMETER_UNUSED parameters.properties.the repo'],
    ],
    [
      'a name with a dot',
      object({ 'a.b': {} }),
      ['PARAMETER_NAME parameters.properties.a.b', 'PARAMETER_UNUSED parameters.properties.a.b'],
    ],
    ['a prototype’s name', object({ constructor: {} }), ['PARAMETER_NAME parameters.properties.constructor']],
    ['another prototype’s name', object({ toString: {} }), ['PARAMETER_NAME parameters.properties.toString']],
  ])('%s', (_, parameters, expected) => expect(check(taking(parameters))).toEqual(expected))

  test('"__proto__" is refused and changes no prototype', () => {
    const text = JSON.stringify(taking(object({ zz: {} }))).replaceAll('zz', '__proto__')
    expect(lines(findingsOn(text))).toContain('JSON_KEY parameters.properties.__proto__')
    expect(({} as JsonObject).type).toBeUndefined()
  })
})

describe('defaults and examples of the schema', () => {
  const at = 'PARAMETER_DEFAULT parameters.properties'
  test.each<[string, JsonObject, string[]]>([
    ['that fit', object({ a: { type: 'integer', default: 3, examples: [1, 2] } }), []],
    ['of the wrong type', object({ a: { type: 'integer', default: 'x' } }), [`${at}.a.default`]],
    ['that are not allowed', object({ a: { enum: ['x'], default: 'y' } }), [`${at}.a.default`]],
    [
      'that are too short',
      object({ a: { type: 'string', minLength: 3, examples: ['abc', 'a'] } }),
      [`${at}.a.examples.1`],
    ],
    [
      'inside objects',
      object({ a: object({ b: { type: 'boolean', default: 'no' } }) }),
      [`${at}.a.properties.b.default`],
    ],
    [
      'that follow a reference',
      object({ a: { $ref: '#/$defs/x', default: 7 } }, { $defs: { x: { type: 'string' } } }),
      [`${at}.a.default`],
    ],
    [
      'inside a referenced schema',
      object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: { type: 'string', default: 7 } } }),
      ['PARAMETER_DEFAULT parameters.$defs.x.default'],
    ],
    [
      'of all parameters',
      object({ a: { type: 'string' } }, { default: { a: 7 }, examples: [{ b: 'x' }] }),
      ['PARAMETER_DEFAULT parameters.examples.0', 'PARAMETER_DEFAULT parameters.default'],
    ],
  ])('%s', (_, parameters, expected) => expect(check(taking(parameters))).toEqual(expected))
})

describe('secrets', () => {
  const at = 'PARAMETER_SECRET parameters.properties'
  test.each<[string, JsonObject, string[]]>([
    ['marked', object({ a: secret }), []],
    ['marked inside', object({ a: object({ key: secret }) }), []],
    ['beside a reference', object({ a: { $ref: '#/$defs/x', 'x-secret': true } }, { $defs: { x: {} } }), []],
    ['marked as not secret', object({ a: { 'x-secret': false, default: 'x' } }), []],
    ['a parameter called like the mark', object({ 'x-secret': { type: 'string', default: 'x' } }), []],
    ['marked with a text', object({ a: { 'x-secret': 'yes' } }), [`${at}.a.x-secret`]],
    [
      'marked where the mark has no effect',
      object({ a: { $ref: '#/$defs/x' } }, { $defs: { x: secret } }),
      ['PARAMETER_SECRET parameters.$defs.x.x-secret'],
    ],
    [
      'marked for all parameters together',
      object({ a: {} }, { 'x-secret': true }),
      ['PARAMETER_SECRET parameters.x-secret'],
    ],
    ['with a default', object({ a: { ...secret, default: 'hunter2222' } }), [`${at}.a.default`]],
    ['with examples', object({ a: { ...secret, examples: ['hunter2222'] } }), [`${at}.a.examples`]],
    ['with a constant value', object({ a: { ...secret, const: 'hunter2222' } }), [`${at}.a.const`]],
    [
      'with a default inside',
      object({ a: { 'x-secret': true, ...object({ b: { default: 'hunter2222' } }) } }),
      [`${at}.a.properties.b.default`],
    ],
    [
      'among the defaults of all parameters',
      object({ a: secret }, { default: { a: 'hunter2222' } }),
      ['PARAMETER_SECRET parameters.default'],
    ],
    [
      'among the examples of all parameters',
      object({ a: secret }, { examples: [{}, { a: 'hunter2222' }] }),
      ['PARAMETER_SECRET parameters.examples'],
    ],
  ])('%s', (_, parameters, expected) => {
    const found = findingsOn(taking(parameters))
    expect(lines(found)).toEqual(expected)
    expect(JSON.stringify(found)).not.toContain('hunter')
  })
})

describe('examples', () => {
  const schema = object(
    { repo: { type: 'string' }, size: { type: 'integer', default: 1, maximum: 9 }, key: secret },
    { required: ['repo', 'key'] },
  )
  const example = (parameters: JsonObject, name = 'One') => ({ name, parameters })
  test.each<[string, unknown[], string[]]>([
    ['that can be run', [example({ repo: 'a' }), example({ repo: 'a', size: 3 }, 'Two')], []],
    [
      'of equal names',
      [example({ repo: 'a' }), example({ repo: 'b' })],
      ['EXAMPLE_DUPLICATE examples.1.name'],
    ],
    ['without a required parameter', [example({ size: 3 })], ['PARAMETER_MISSING examples.0.parameters']],
    [
      'with an undeclared parameter',
      [example({ repo: 'a', rep: 1 })],
      ['PARAMETER_UNKNOWN examples.0.parameters.rep'],
    ],
    ['of the wrong type', [example({ repo: 7 })], ['PARAMETER_INVALID examples.0.parameters.repo']],
    [
      'out of range',
      [example({ repo: 'a' }), example({ repo: 'a', size: 10 }, 'Two')],
      ['PARAMETER_INVALID examples.1.parameters.size'],
    ],
    [
      'with a prototype’s key',
      [example({ repo: 'a', constructor: 1 })],
      ['PARAMETER_KEY examples.0.parameters.constructor'],
    ],
    [
      'with a secret',
      [example({ repo: 'a', key: 'hunter2222' })],
      ['EXAMPLE_SECRET examples.0.parameters.key'],
    ],
    ['without a name', [{ parameters: { repo: 'a' } }], ['FIELD_REQUIRED examples.0']],
    ['with braces in a value', [example({ repo: '{{parameters.key}}' })], []],
  ])('%s', (_, examples, expected) => {
    const found = findingsOn(taking(schema, examples))
    expect(lines(found)).toEqual(expected)
    expect(JSON.stringify(found)).not.toContain('hunter')
  })

  test('are reported by their index', () => {
    expect(findingsOn(taking(schema, [example({ repo: 7 })]))).toMatchObject([
      { message: expect.stringMatching(/^examples\[0\]: repo 7 /) },
    ])
  })

  test('are checked although the plan is wrong', () => {
    const raw = { ...taking(schema, [example({ repo: 7 })]), rollbackAdvice: '' }
    expect(check(raw)).toEqual([
      'ROLLBACK_MISSING rollbackAdvice',
      'PARAMETER_INVALID examples.0.parameters.repo',
    ])
  })

  test('are not checked if the schema is wrong', () => {
    const raw = taking(object({ repo: { type: 'text' } }), [example({ repo: 7 })])
    expect(check(raw)).toEqual(['JSON_SCHEMA parameters.properties.repo.type'])
  })

  test('of a template without parameters must not have values', () => {
    const raw = { ...taking({}, [example({})]), parameters: undefined }
    expect(check(raw)).toEqual([])
    expect(check({ ...raw, examples: [example({ repo: 'a' })] })).toEqual([
      'PARAMETER_UNKNOWN examples.0.parameters.repo',
    ])
  })
})
