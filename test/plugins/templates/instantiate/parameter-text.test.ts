import { describe, expect, test } from 'vitest'
import { parameterFromText } from '../../../../src/plugins/templates/instantiate/parameter-text.ts'
import type { TemplateDefinition } from '../../../../src/plugins/templates/manifest/schema.ts'

const itemOf = (parameters?: object) => ({ manifest: { parameters } }) as unknown as TemplateDefinition
const read = (property: unknown, text: string, rest: object = {}) =>
  parameterFromText(itemOf({ properties: { p: property }, ...rest }), 'p', text)

describe('a parameter stays text where its schema takes text:', () => {
  test.each<[string, unknown]>([
    ['no type', {}],
    ['a string', { type: 'string' }],
    ['a string or a number', { type: ['number', 'string'] }],
    ['a listed text among numbers', { enum: [1, 'two'] }],
    ['one text', { const: '5' }],
    ['one of several forms', { anyOf: [{ type: 'integer' }, { type: 'string' }] }],
    ['a reference to a text', { $ref: '#/$defs/text' }],
    ['a reference that leads nowhere', { $ref: '#/$defs/none' }],
    ['a reference elsewhere', { $ref: 'https://example.com/schema.json' }],
    ['a reference to itself', { $ref: '#/properties/p' }],
    ['true', true],
  ])('%s', (_what, schema) => {
    expect(read(schema, '5', { $defs: { text: { type: 'string' } } })).toBe('5')
  })

  test('a parameter whose schemas refer to each other many times over, at once', () => {
    const level = (at: number) => ({
      allOf: [{ $ref: `#/$defs/l${at + 1}` }, { $ref: `#/$defs/l${at + 1}` }],
    })
    const $defs = Object.fromEntries(Array.from({ length: 20_000 }, (_none, at) => [`l${at}`, level(at)]))
    expect(read({ $ref: '#/$defs/l0' }, '5', { $defs })).toBe('5')
  })

  test('a parameter that the template does not have', () => {
    const item = itemOf({ properties: {} })
    for (const name of ['other', 'constructor', '__proto__'])
      expect(parameterFromText(item, name, '5')).toBe('5')
    expect(parameterFromText(itemOf(), 'p', '5')).toBe('5')
  })
})

describe('a parameter is JSON where its schema takes no text:', () => {
  const $defs = { count: { type: 'integer' }, 'a/b~c': { type: 'integer' }, far: { $ref: '#/$defs/count' } }

  test.each<[string, unknown]>([
    ['a number', { type: 'number' }],
    ['several types', { type: ['integer', 'null'] }],
    ['listed numbers', { enum: [5, 6] }],
    ['one number', { const: 5 }],
    ['forms without a text', { oneOf: [{ type: 'integer' }, { type: 'boolean' }] }],
    ['all of which one takes no text', { allOf: [{ minLength: 1 }, { type: 'integer' }] }],
    ['a reference to a number', { $ref: '#/$defs/count' }],
    ['a reference to a reference', { $ref: '#/$defs/far' }],
    ['a reference with escapes', { $ref: '#/$defs/a~1b~0c' }],
    ['a reference beside a description', { $ref: '#/$defs/count', description: 'How many' }],
  ])('%s', (_what, schema) => expect(read(schema, '5', { $defs })).toBe(5))

  test.each([
    ['true', { type: 'boolean' }, true],
    ['null', { type: 'null' }, null],
    ['[1,"a"]', { type: 'array' }, [1, 'a']],
    ['{"from":"v1"}', { type: 'object' }, { from: 'v1' }],
  ])('%s', (text, schema, value) => expect(read(schema, text)).toEqual(value))

  test('what is not JSON stays text, so that the schema says what is wrong', () => {
    expect(read({ type: 'integer' }, 'five')).toBe('five')
    expect(read({ type: 'object' }, '{from: v1}')).toBe('{from: v1}')
  })
})
