import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/core/kind.ts'
import { checkParameters } from '../../../../src/plugins/templates/instantiate/parameters.ts'
import { surelyFits, surelyFitsAll } from '../../../../src/plugins/templates/rules/surely-fits.ts'

const keywords: fc.Arbitrary<JsonObject> = fc.record(
  {
    type: fc.constantFrom('string', 'integer', 'number', 'boolean', 'array', 'object', 'null'),
    enum: fc.array(fc.constantFrom('a', 'bb', 1, true, null), { minLength: 1 }),
    pattern: fc.constantFrom('^a', '[0-9]', '.'),
    minLength: fc.nat(3),
    maxLength: fc.nat(4),
    minimum: fc.integer({ min: -2, max: 2 }),
    maximum: fc.integer({ min: -2, max: 5 }),
    minItems: fc.nat(2),
    maxItems: fc.nat(3),
    items: fc.constantFrom<JsonObject>({ type: 'string' }, { type: 'integer', minimum: 1 }),
    uniqueItems: fc.boolean(),
    properties: fc.constant({ a: { type: 'string' }, constructor: {}, n: { minimum: 0 } }),
    required: fc.constant(['a']),
    additionalProperties: fc.boolean(),
    description: fc.string(),
    not: fc.constant({ type: 'string' }),
  },
  { requiredKeys: [] },
)
const sparse = fc
  .record({ keywords, kept: fc.array(fc.nat(15), { maxLength: 4 }) })
  .map(({ keywords, kept }) => {
    const entries = Object.entries(keywords)
    return Object.fromEntries(entries.filter((_, index) => kept.includes(index)))
  })
const value = fc.oneof(
  fc.constantFrom<unknown>(
    'a',
    'bb',
    '',
    '😀',
    'a1',
    0,
    1,
    2.5,
    -1,
    true,
    null,
    [],
    ['a'],
    [1, 2],
    {},
    { a: 'x' },
  ),
  fc.constantFrom<unknown>({ a: 1 }, { n: -1 }, { a: 'x', n: 3 }, { constructor: 1 }, { other: 1 }),
  fc.jsonValue({ maxDepth: 2 }),
)

test('never says that something fits which the validator refuses', () => {
  let fitting = 0
  fc.assert(
    fc.property(sparse, value, (schema, given) => {
      const parameters = { type: 'object', properties: { x: schema }, required: ['x'] }
      if (surelyFits(schema, given)) {
        fitting += 1
        expect(checkParameters(parameters, { x: given })).toEqual([])
      }
      if (surelyFitsAll(parameters, { x: given }, new Set()))
        expect(checkParameters(parameters, { x: given })).toEqual([])
    }),
    { numRuns: 3000 },
  )
  expect(fitting).toBeGreaterThan(300)
})

test.each<[string, JsonObject, JsonObject, boolean]>([
  ['all that is required', { properties: { a: {} }, required: ['a'] }, { a: 1 }, true],
  ['a default for what is absent', { properties: { a: { default: 1 } }, required: ['a'] }, {}, true],
  ['a secret for what is absent', { properties: { s: {} }, required: ['s'] }, {}, true],
  ['nothing for what is required', { properties: { a: {} }, required: ['a'] }, {}, false],
  ['what is not declared', { properties: {} }, { a: 1 }, false],
  ['a condition on all of it', { properties: { a: {} }, not: { required: ['a'] } }, { a: 1 }, false],
  ['a schema of no object', { type: 'array' }, {}, false],
])('%s', (_, schema, values, expected) => {
  expect(surelyFitsAll(schema, values, new Set(['s']))).toBe(expected)
})
