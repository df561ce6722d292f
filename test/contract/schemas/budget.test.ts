import { expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { checkJsonSchema } from '../../../src/contract/fields/json-schema.ts'
import type { JsonObject } from '../../../src/contract/kind.ts'
import { evaluate } from '../../../src/contract/schemas/evaluate.ts'
import { Meter } from '../../../src/contract/schemas/meter.ts'
import { resolveSchema } from '../../../src/contract/schemas/resolve.ts'
import fc from '../../harness/fast-check.ts'

/** A copy whose objects count each access; listing the keys counts each key. */
function counting<T>(value: T, count: (looks: number) => void): T {
  if (typeof value !== 'object' || value === null) return value
  const copy: object = Array.isArray(value)
    ? value.map((one) => counting(one, count))
    : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, counting(one, count)]))
  return new Proxy(copy, {
    get: (target, key, self) => {
      count(1)
      return Reflect.get(target, key, self)
    },
    ownKeys: (target) => {
      const keys = Reflect.ownKeys(target)
      count(keys.length)
      return keys
    },
  }) as T
}

const many = (count: number, value: unknown): JsonObject =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]))

/** Parts of schemas that are expensive: for many keys, for many entries, or by repetition. */
const part: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { minProperties: 1, maxProperties: 500 },
  { properties: many(200, true) },
  { properties: many(3, { type: 'integer' }), additionalProperties: { minimum: 0 } },
  { patternProperties: many(20, { type: 'integer' }) },
  { propertyNames: { pattern: '^k', maxLength: 5 } },
  { required: Object.keys(many(200, 1)) },
  { dependentRequired: many(200, ['k1']) },
  { dependentSchemas: many(200, { minProperties: 1 }) },
  { unevaluatedProperties: { type: 'integer' } },
  { unevaluatedItems: true, prefixItems: [{ type: 'integer' }] },
  { items: { enum: [1, 2, 3, 'k'] }, uniqueItems: true },
  { contains: { const: 3 }, minContains: 1 },
  { items: { minProperties: 0, maxProperties: 500 } },
  { not: { required: ['nothing'] } },
  { ...many(300, 'unknown keyword'), type: ['object', 'array', 'string'] },
)
const schema = fc
  .array(part, { minLength: 1, maxLength: 8 })
  .chain((parts) =>
    fc.constantFrom<JsonObject>(
      { allOf: parts },
      { anyOf: parts },
      { oneOf: parts },
      { items: { allOf: parts } },
      { allOf: parts.map((one) => ({ items: one })), unevaluatedItems: false },
      { allOf: parts, unevaluatedProperties: { type: 'integer' } },
    ),
  )
const value = fc.constantFrom<unknown>(
  many(300, 1),
  Array.from({ length: 300 }, (_, index) => index % 200),
  Array.from({ length: 100 }, () => ({})),
  Array.from({ length: 30 }, () => many(100, 'k')),
)

test('every access to a value is paid for in steps', () => {
  fc.assert(
    fc.property(schema, value, (plain, given) => {
      let looks = 0
      const count = (more: number) => {
        looks += more
      }
      const counted = counting(plain, count)
      const resolved = resolveSchema(counted)
      const meter = new Meter(5_000)
      // Work that is done once for each schema is bounded by its size, and is done here before counting.
      evaluate(
        resolved.root,
        counting(given, () => {}),
        resolved,
        new Meter(),
      )
      looks = 0
      evaluate(resolved.root, counting(given, count), resolved, meter)
      const once = 20_000
      expect(looks).toBeLessThan(once + 40 * meter.spent)
    }),
    { numRuns: 150 },
  )
})

const doubling = (depth: number): JsonObject => ({
  $ref: '#/$defs/d0',
  $defs: Object.fromEntries(
    Array.from({ length: depth }, (_, level) => [
      `d${level}`,
      level === depth - 1
        ? { type: 'string' }
        : { allOf: [{ $ref: `#/$defs/d${level + 1}` }, { $ref: `#/$defs/d${level + 1}` }] },
    ]),
  ),
})

const CORPUS: [name: string, schema: JsonObject, value: unknown, rule: string | undefined][] = [
  ['nested repeats', { pattern: '^(a+)+$' }, `${'a'.repeat(36)}!`, undefined],
  [
    'nested repeats in keys',
    { patternProperties: { '^(a+)+$': false } },
    { [`${'a'.repeat(36)}!`]: 1 },
    undefined,
  ],
  ['repeats side by side', { pattern: 'a*a*a*a*b' }, 'a'.repeat(3_000), undefined],
  ['a path', { pattern: '^([\\w.-]+/?)+$' }, 'acme-corporation-international-repo-name!', undefined],
  ['doubling, 12 deep', doubling(12), 'x', undefined],
  ['doubling, 16 deep', doubling(16), 'x', 'NOFX_JSON_SCHEMA_SIZE'],
  ['doubling, 28 deep', doubling(28), 'x', 'NOFX_JSON_SCHEMA_SIZE'],
  ['doubling, 2,000 deep', doubling(2_000), 'x', 'NOFX_JSON_SCHEMA_SIZE'],
  [
    'many references to one long list',
    {
      properties: many(3_500, { $ref: '#/$defs/a' }),
      $defs: { a: { allOf: Array.from({ length: 3_500 }, () => ({ minLength: 1 })) } },
    },
    many(3_500, 'x'),
    'NOFX_JSON_SCHEMA_SIZE',
  ],
  ['repeats of repeats', { pattern: '(?:a{0,65535}){0,65535}b' }, 'a', 'NOFX_JSON_SCHEMA_PATTERN'],
  ['look-ahead', { pattern: '^(?=a)a' }, 'a', 'NOFX_JSON_SCHEMA_PATTERN'],
  ['a back reference', { pattern: '(a)\\1' }, 'aa', 'NOFX_JSON_SCHEMA_PATTERN'],
  ['properties of characters', { pattern: `[${'\\p{L}'.repeat(190)}]` }, 'a', 'NOFX_JSON_SCHEMA_PATTERN'],
  [
    'a thousand patterns',
    { patternProperties: Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`a${i}*`, true])) },
    {},
    'NOFX_JSON_SCHEMA_SIZE',
  ],
  ['many entries', { uniqueItems: true }, Array.from({ length: 36_000 }, (_, index) => index), undefined],
  ['many unlike objects', { uniqueItems: true }, Array.from({ length: 9_000 }, (_, a) => ({ a })), undefined],
  [
    'a circle through the value',
    { items: { $ref: '#' }, anyOf: [{ items: { $ref: '#' } }, true] },
    nested(60),
    undefined,
  ],
]

function nested(depth: number): unknown {
  let list: unknown = 1
  for (let level = 0; level < depth; level++) list = [list]
  return list
}

test.each(CORPUS)('%s ends at once', (_name, made, subject, rule) => {
  // As parsed from a file, where no object is shared.
  const given = JSON.parse(JSON.stringify(made)) as JsonObject
  const start = performance.now()
  const findings: Finding[] = []
  checkJsonSchema(given, 'template.json', [], findings)
  expect(findings.map((finding) => finding.rule)).toEqual(rule === undefined ? [] : [rule])
  const resolved = resolveSchema(given)
  const meter = new Meter()
  evaluate(resolved.root, subject, resolved, meter)
  expect(performance.now() - start).toBeLessThan(10_000)
})

test('a schema of a file’s maximum size, with as many circles as references, ends at once', () => {
  const size = 6_000
  const names = Array.from({ length: size }, (_, index) => index)
  const circles = {
    $defs: Object.fromEntries(
      names.map((index) => [`a${index}`, { $ref: `#/$defs/a${(index + 1) % size}` }]),
    ),
  }
  const findings: Finding[] = []
  const start = performance.now()
  checkJsonSchema(circles, 'template.json', [], findings)
  expect(findings).toHaveLength(51)
  expect(findings.at(-1)?.message).toContain(`has ${size - 50} more faults`)
  expect(performance.now() - start).toBeLessThan(10_000)
})
