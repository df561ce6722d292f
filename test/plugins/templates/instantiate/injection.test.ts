import { expect, test } from 'vitest'
import type { Finding } from '../../../../src/contract/diagnostic.ts'
import { ALONE, type JsonObject } from '../../../../src/contract/kind.ts'
import { checkHiddenText } from '../../../../src/contract/text/hidden-text.ts'
import {
  type InstanceDocument,
  instantiateTemplate,
  type RunTimeReference,
} from '../../../../src/plugins/templates/instantiate/instantiate.ts'
import { checkParameters, withDefaults } from '../../../../src/plugins/templates/instantiate/parameters.ts'
import { completeInputs, completeText } from '../../../../src/plugins/templates/instantiate/run-time-text.ts'
import fc from '../../../harness/fast-check.ts'
import { documentOf, templateOf } from './support/set-up.ts'

/** Text made of characters that have a meaning in templates, so that every second run contains a placeholder. */
const hostile = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '{{parameters.a}}',
        '{{parameters.token}}',
        '{{steps.first.outputs.out}}',
        '{{',
        '}}',
        '{',
        '}',
        '\\',
        '\\{{',
        '$parts',
        '$value',
        '"',
        '$&',
        '\n',
      ),
      fc.string({ unit: 'binary', maxLength: 5 }).map((text) => text.toWellFormed().replaceAll('\0', '')),
    ),
    { maxLength: 6 },
  )
  .map((pieces) => pieces.join(''))

function hidesSomething(text: string): boolean {
  const findings: Finding[] = []
  checkHiddenText(text, 'template.json', findings)
  return findings.length > 0
}

const hostileJson = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    hostile,
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(hostile, fc.constantFrom('$parts', '$value', 'secret', 'step')), tie('value'), {
      maxKeys: 3,
    }),
    fc.constant({ $parts: ['x', { secret: 'token' }] }),
  ),
})).value

const PROPERTIES = { a: {}, b: {}, token: { type: 'string', 'x-secret': true }, login: { 'x-secret': true } }
const TEXT =
  'A {{parameters.a}}{{parameters.b}} {{steps.first.outputs.out}}{{parameters.a}} {{parameters.token}} \\{{ {{parameters.login}}'
const ITEM = templateOf(
  PROPERTIES,
  [
    {
      id: 'first',
      outputs: ['out'],
      prompt: { text: 'Do {{parameters.a}}' },
      inputs: { b: '{{parameters.b}}' },
    },
    {
      id: 'second',
      dependsOn: ['first'],
      prompt: { text: TEXT },
      inputs: {
        text: TEXT,
        typed: '{{parameters.a}}',
        joined: '{{parameters.a}}{{steps.first.outputs.out}}',
        list: [
          '{{parameters.b}}',
          { deep: '{{parameters.token}}', both: '{{parameters.b}} {{parameters.login}}' },
        ],
      },
      sideEffects: 'reversible',
      rollback: { agentId: 'triager', prompt: { text: `Undo ${TEXT}` } },
    },
  ],
  { rollbackAdvice: { summary: 'Undo.', steps: ['second'] } },
)

/**
 * A document in which every text that may hold a value is replaced by the same text, so that only its structure is
 * left.
 */
function structureOf(value: unknown): unknown {
  if (typeof value === 'string') return 'text'
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(structureOf)
  return Object.fromEntries(
    Object.entries(value).map(([key, inside]) => [
      key,
      ['step', 'output', 'secret', 'id', 'agentId'].includes(key) ? inside : structureOf(inside),
    ]),
  )
}

const lookup = (reference: RunTimeReference) => ('secret' in reference ? `<${reference.secret}>` : '<out>')

test('no text in a parameter changes the structure of the document', () => {
  const expected = structureOf(documentOf(ITEM, { a: 'a', b: 'b' }))
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      expect(structureOf(documentOf(ITEM, { a, b }))).toEqual(expected)
    }),
  )
})

test('a value is never interpreted: the finished texts contain it unchanged', () => {
  fc.assert(
    fc.property(hostile, hostile, (a, b) => {
      const second = documentOf(ITEM, { a, b }).steps[1]!
      const text = `A ${a}${b} <out>${a} <token> {{ <login>`
      expect(completeText(second.prompt, lookup)).toBe(text)
      expect(completeInputs(second.inputs, lookup)).toEqual({
        text,
        typed: a,
        joined: `${a}<out>`,
        list: [b, { deep: '<token>', both: `${b} <login>` }],
      })
    }),
  )
})

test('a value of any type is unchanged in the inputs', () => {
  fc.assert(
    fc.property(hostileJson, hostileJson, (a, b) => {
      fc.pre(checkParameters({ properties: PROPERTIES }, { a, b }).length === 0)
      const document = JSON.parse(JSON.stringify(documentOf(ITEM, { a, b }))) as InstanceDocument
      const { typed, list } = completeInputs(document.steps[1]!.inputs, lookup)
      expect({ typed, b: (list as unknown[])[0] }).toEqual({ typed: a, b })
      expect(document.parameters).toEqual({ a, b })
    }),
  )
})

test('a text without braces is unchanged', () => {
  // A manifest's text must not hide anything, so texts that would be refused for that are left out.
  const plain = hostile.filter((text) => !text.includes('{{') && text !== '' && !hidesSomething(text))
  fc.assert(
    fc.property(plain, (text) => {
      const item = templateOf({}, [{ id: 'first', inputs: { text } }])
      expect(documentOf(item).steps[0]!.inputs).toEqual({ text })
    }),
    { numRuns: 50 },
  )
})

/** Secrets that cannot occur by chance. */
const secret = fc.stringMatching(/^[A-Z]{3}[0-9]{3}$/).map((text) => `q~${text}~`)
const login = fc.oneof(
  secret,
  fc.dictionary(secret, secret, { minKeys: 1 }),
  fc.array(secret, { minLength: 1 }),
  fc.record({ constructor: secret }),
  secret.map((text) => `${text}\0`),
)
const SECRET = /q~/

test('two instances that differ only in secrets are equal and reveal nothing of the secrets', () => {
  fc.assert(
    fc.property(hostile, secret, secret, login, (a, one, two, other) => {
      const first = instantiateTemplate(ITEM, { a, token: one }, ALONE)
      const second = instantiateTemplate(ITEM, { a, token: two, login: other }, ALONE)
      expect(JSON.stringify(first)).not.toMatch(SECRET)
      expect(JSON.stringify(second)).not.toMatch(SECRET)
      if (second.instance) expect(second).toEqual(first)
    }),
  )
})

const keyword = fc.constantFrom<JsonObject>(
  { type: 'number' },
  { type: 'integer' },
  { const: 'x' },
  { enum: [1, 'y'] },
  { minLength: 100 },
  { maxLength: 1 },
  { pattern: '^x' },
  { format: 'email' },
  { not: {} },
  { anyOf: [{ const: 1 }, { type: 'number' }] },
  { oneOf: [{}, {}] },
  { properties: { a: false }, additionalProperties: false },
  { propertyNames: { maxLength: 1 } },
  { required: ['a'] },
  { minProperties: 9 },
  { items: { type: 'number' } },
  { contains: { type: 'number' } },
  { maxItems: 0 },
  { patternProperties: { q: { type: 'number' } } },
  { dependentRequired: { a: ['b'] } },
)

test('no finding reveals any part of a secret, whatever its schema demands', () => {
  let found = 0
  fc.assert(
    fc.property(fc.array(keyword, { maxLength: 4 }), login, (keywords, value) => {
      const properties = { login: Object.assign({ 'x-secret': true }, ...keywords) }
      const findings = checkParameters({ properties }, { login: value })
      found += findings.length
      expect(JSON.stringify(findings)).not.toMatch(SECRET)
    }),
    { numRuns: 500 },
  )
  expect(found).toBeGreaterThan(0)
})

test('filling in defaults a second time changes nothing', () => {
  const schema = fc.letrec<{ schema: JsonObject }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3 },
      fc.record({ default: fc.jsonValue({ maxDepth: 1 }) }, { requiredKeys: [] }),
      fc.record(
        {
          default: fc.jsonValue({ maxDepth: 1 }),
          properties: fc.dictionary(fc.constantFrom('a', 'b', '__proto__'), tie('schema'), { maxKeys: 2 }),
          items: tie('schema'),
          $ref: fc.constantFrom('#/$defs/a', '#/$defs/b'),
        },
        { requiredKeys: [] },
      ),
    ),
  })).schema
  const root = fc.record({
    properties: fc.dictionary(fc.constantFrom('a', 'b', 'c'), schema),
    $defs: fc.record({ a: schema, b: schema }),
  })
  const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.jsonValue({ maxDepth: 3 }))
  fc.assert(
    fc.property(root, values, (given, some) => {
      const before = JSON.stringify([given, some])
      const once = withDefaults(given, some)
      expect(withDefaults(given, once)).toEqual(once)
      expect(JSON.stringify([given, some])).toBe(before)
      for (const [key, value] of Object.entries(some))
        if (typeof value !== 'object' || value === null) expect(once[key]).toEqual(value)
    }),
  )
})
