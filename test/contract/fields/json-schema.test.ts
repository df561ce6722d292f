import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { checkJsonSchema } from '../../../src/contract/fields/json-schema.ts'
import type { JsonObject } from '../../../src/contract/kind.ts'
import fc from '../../harness/fast-check.ts'

/** Findings as `rule pointer`; the pointer is relative to the schema. */
function check(schema: JsonObject): string[] {
  const findings: Finding[] = []
  checkJsonSchema(schema, 'agent.json', ['inputSchema'], findings)
  return findings.map(({ rule, pointer }) => `${rule.slice(5)} ${pointer?.slice(1).join('/')}`)
}

describe('schemas that are accepted', () => {
  test.each<[string, JsonObject]>([
    ['empty', {}],
    [
      'with its draft',
      { $schema: 'https://json-schema.org/draft/2020-12/schema', $id: 'https://example.com/a' },
    ],
    [
      'an object',
      {
        type: 'object',
        properties: { a: { type: ['string', 'null'] } },
        required: ['a'],
        additionalProperties: false,
      },
    ],
    ['a list', { type: 'array', prefixItems: [{}, true], items: false, minItems: 2, uniqueItems: true }],
    ['annotations', { 'x-secret': true, title: 'T', unknown: { type: 'whatever' } }],
    [
      'properties named like keywords',
      { properties: { type: { type: 'string' }, $ref: { type: 'string' }, required: {} } },
    ],
    ['a local reference', { $defs: { a: { type: 'string' } }, properties: { b: { $ref: '#/$defs/a' } } }],
    ['an escaped reference', { $defs: { 'a/b~c': {} }, $ref: '#/$defs/a~1b~0c' }],
    ['an anchor', { $defs: { a: { $anchor: 'here' } }, $ref: '#here' }],
    [
      'an embedded document',
      { $id: 'https://example.com/a', $defs: { b: { $id: 'b' } }, properties: { x: { $ref: 'b' } } },
    ],
    [
      'a recursive schema',
      { type: 'object', properties: { children: { type: 'array', items: { $ref: '#' } } } },
    ],
    [
      'a value named $ref',
      { const: { $ref: 'https://example.com' }, enum: [{ $ref: 1 }], default: { $ref: 2 } },
    ],
    ['a pattern', { pattern: '^\\p{L}+$', patternProperties: { '^x-': {} } }],
  ])('%s', (_, schema) => expect(check(schema)).toEqual([]))
})

describe('schemas that are refused', () => {
  test.each<[string, JsonObject, string[]]>([
    ['an unknown type', { type: 'strng' }, ['JSON_SCHEMA type']],
    ['no type', { type: [] }, ['JSON_SCHEMA type']],
    ['a type twice', { type: ['string', 'string'] }, ['JSON_SCHEMA type']],
    ['an older draft', { $schema: 'http://json-schema.org/draft-07/schema#' }, ['JSON_SCHEMA $schema']],
    ['a list of items, as in older drafts', { items: [{}] }, ['JSON_SCHEMA items']],
    [
      'required as in draft 3',
      { properties: { a: { required: true } } },
      ['JSON_SCHEMA properties/a/required'],
    ],
    ['an exclusive minimum as in draft 4', { exclusiveMinimum: true }, ['JSON_SCHEMA exclusiveMinimum']],
    ['a negative length', { minLength: -1 }, ['JSON_SCHEMA minLength']],
    ['half a length', { maxItems: 1.5 }, ['JSON_SCHEMA maxItems']],
    ['a multiple of nothing', { multipleOf: 0 }, ['JSON_SCHEMA multipleOf']],
    ['an empty choice', { anyOf: [] }, ['JSON_SCHEMA anyOf']],
    ['an enum that is not a list', { enum: 'a' }, ['JSON_SCHEMA enum']],
    ['an invalid pattern', { pattern: '(' }, ['JSON_SCHEMA pattern']],
    ['a key that is not a pattern', { patternProperties: { '[': {} } }, ['JSON_SCHEMA patternProperties/[']],
    ['properties that are a list', { properties: [] }, ['JSON_SCHEMA properties']],
    ['a property that is not a schema', { properties: { a: 'string' } }, ['JSON_SCHEMA properties/a']],
    ['deep inside', { allOf: [{}, { not: { items: { type: 1 } } }] }, ['JSON_SCHEMA allOf/1/not/items/type']],
    ['several at once', { type: 1, minimum: 'x' }, ['JSON_SCHEMA type', 'JSON_SCHEMA minimum']],
    ['a dynamic reference', { $dynamicRef: '#x' }, ['JSON_SCHEMA $dynamicRef']],
    [
      'a reference to nowhere',
      { properties: { a: { $ref: '#/$defs/a' } } },
      ['JSON_SCHEMA properties/a/$ref'],
    ],
    ['an unknown anchor', { $ref: '#here' }, ['JSON_SCHEMA $ref']],
    ['a reference to itself', { $ref: '#' }, ['JSON_SCHEMA $ref']],
    [
      'a circle',
      { $defs: { a: { $ref: '#/$defs/b' }, b: { allOf: [{ $ref: '#/$defs/a' }] } } },
      ['JSON_SCHEMA $defs/a/$ref', 'JSON_SCHEMA $defs/b/allOf/0/$ref'],
    ],
    ['a remote reference', { $ref: 'https://example.com/a.json' }, ['JSON_SCHEMA_REMOTE $ref']],
    ['a reference to a file', { items: { $ref: 'other.json#/a' } }, ['JSON_SCHEMA_REMOTE items/$ref']],
    ['the metaschema', { $ref: 'https://json-schema.org/draft/2020-12/schema' }, ['JSON_SCHEMA_REMOTE $ref']],
    ['an id that is not a URL', { $id: 'http://[', $ref: '#' }, ['JSON_SCHEMA ']],
  ])('%s', (_, schema, expected) => expect(check(schema)).toEqual(expected))
})

test('checking a schema does not change it', () => {
  const schema = { $defs: { a: {} }, $ref: '#/$defs/a' }
  check(schema)
  expect(Reflect.ownKeys(schema)).toEqual(['$defs', '$ref'])
})

test('checking any JSON as a schema ends without an exception', () => {
  const keyword = fc.constantFrom(
    '$ref',
    '$id',
    '$anchor',
    '$defs',
    'properties',
    'allOf',
    'items',
    'not',
    'type',
    'pattern',
    'enum',
  )
  const leaf = fc.oneof(
    fc.constantFrom<unknown>('#', '#/$defs/a', 'a', 'http://[', true, 7, null),
    fc.string(),
  )
  const { schema } = fc.letrec<{ schema: unknown }>((tie) => ({
    schema: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('schema'), { maxLength: 3 }),
      fc.dictionary(keyword, tie('schema'), { maxKeys: 4 }),
    ),
  }))
  fc.assert(
    fc.property(fc.dictionary(keyword, schema, { maxKeys: 4 }), (value) => {
      expect(Array.isArray(check(value as JsonObject))).toBe(true)
    }),
  )
})
