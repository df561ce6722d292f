import { describe, expect, test } from 'vitest'
import { inAuthorsOrder } from '../../../console/model/plans/authors-order.ts'
import { type Field, listFields } from '../../../console/model/plans/form-of-schema.ts'
import { instantiateCommand, instantiateRequest } from '../../../console/model/plans/instantiate-command.ts'
import { entriesOf, valuesOf, withoutSecrets } from '../../../console/model/plans/value-of-form.ts'
import fc from '../../harness/fast-check.ts'
import { wordsOf } from '../support/run-command.ts'

const schema = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest })
const shapes = (fields: readonly Field[]) => fields.map(({ key, shape }) => [key, shape])
const one = (property: unknown, defs: object = {}) => listFields(schema({ x: property }, { $defs: defs }))[0]

describe('the fields of a schema', () => {
  test.each([
    [{ type: 'string' }, 'text'],
    [{ type: 'string', format: 'date', pattern: '^x' }, 'text'],
    [{ type: 'number', exclusiveMinimum: 0 }, 'number'],
    [{ type: 'boolean' }, 'choice'],
    [{ enum: [1, 'a', null] }, 'choice'],
    [{ const: 'only' }, 'choice'],
    [{ type: 'array', items: { type: 'integer' } }, 'list'],
    [{ type: 'object', properties: { a: {} } }, 'group'],
    [{ $ref: '#/$defs/day' }, 'text'],
    [{ $ref: '#/$defs/loop' }, 'json'],
    [{ $ref: 'https://elsewhere.example/x' }, 'json'],
    [{ type: 'string', oneOf: [{ minLength: 1 }] }, 'json'],
    [{ type: ['string', 'null'] }, 'json'],
    [{ type: 'object', additionalProperties: { type: 'string' } }, 'json'],
    [{ type: 'array', prefixItems: [{ type: 'string' }] }, 'json'],
    [{}, 'json'],
    [true, 'json'],
  ])('of %j is %s', (property, shape) => {
    const defs = { day: { type: 'string' }, loop: { $ref: '#/$defs/loop' } }
    expect(one(property, defs)?.shape).toBe(shape)
  })

  test('end where a schema contains itself', () => {
    const node = { type: 'object', properties: { next: { $ref: '#/$defs/node' } } }
    expect(JSON.stringify(one({ $ref: '#/$defs/node' }, { node })).length).toBeLessThan(3000)
  })

  test.each([
    [undefined, []],
    [true, []],
    [{}, [['', 'json']]],
    [{ oneOf: [schema({ a: {} }), schema({ b: {} })] }, [['', 'json']]],
    [
      schema({ a: { type: 'string' } }, { anyOf: [{ required: ['a'] }] }),
      [
        ['a', 'text'],
        ['', 'json'],
      ],
    ],
    [schema({ a: { type: 'string' } }, { additionalProperties: false }), [['a', 'text']]],
  ])('of the whole schema %j leave nothing out', (whole, expected) => {
    expect(shapes(listFields(whole))).toEqual(expected)
  })

  test('are secret where anything inside is', () => {
    expect(one({ type: 'string', 'x-secret': true })?.isSecret).toBe(true)
    expect(one({ oneOf: [{ type: 'object', properties: { key: { 'x-secret': true } } }] })?.isSecret).toBe(
      true,
    )
    expect(one({ type: 'string', 'x-secret': false })?.isSecret).toBe(false)
  })
})

const FIELDS = listFields(
  schema(
    {
      text: { type: 'string' },
      number: { type: 'number' },
      choice: { enum: ['a', 1, true, null] },
      list: { type: 'array', items: { type: 'string' } },
      group: { type: 'object', properties: { deep: { type: 'integer' } } },
      any: { oneOf: [{}] },
    },
    { patternProperties: { '^more': {} } },
  ),
)
const word = fc.string({ minLength: 1, maxLength: 8 })
const values = fc
  .record(
    {
      text: word,
      number: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
      choice: fc.constantFrom('a', 1, true, null),
      list: fc.array(word, { minLength: 1, maxLength: 3 }),
      group: fc.record({ deep: fc.integer() }),
      any: fc.oneof(fc.integer(), fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.integer())),
      more1: fc.integer(),
    },
    { requiredKeys: [] },
  )
  .map((given) => JSON.parse(JSON.stringify(given)) as Record<string, unknown>)

describe('the values of a form', () => {
  test('are those of an example that was put into its fields', () => {
    fc.assert(
      fc.property(values, (given) => {
        expect(valuesOf(FIELDS, entriesOf(FIELDS, given))).toEqual(given)
      }),
    )
  })

  test('leave out what is empty, and keep a text that is not a number or JSON, for the server to refuse', () => {
    expect(valuesOf(FIELDS, { text: '', number: ' ', choice: '', list: [], any: '' })).toEqual({})
    expect(valuesOf(FIELDS, { number: 'seven', any: '{"a": ' })).toEqual({ number: 'seven', any: '{"a": ' })
    const needed = listFields(
      schema({ g: { type: 'object', properties: { a: { type: 'string' } } } }, { required: ['g'] }),
    )
    expect(valuesOf(needed, {})).toEqual({ g: {} })
  })

  test('lose their secrets alone', () => {
    const fields = listFields(
      schema({ open: { type: 'string' }, token: { type: 'string', 'x-secret': true } }),
    )
    expect(withoutSecrets(fields, { open: 'a', token: 'b' })).toEqual({ open: 'a', token: undefined })
  })
})

describe('the command that makes the same plan', () => {
  const given = (values: Record<string, unknown>, fields = FIELDS) => ({
    kind: 'templates',
    id: 'x',
    fields,
    values,
  })

  test('has a flag for each value, or the values before a pipe, and no secret', () => {
    expect(wordsOf(instantiateCommand(given({ text: "it's", number: 7, group: { deep: 1 } })))).toEqual([
      ...['nofx', 'templates', 'instantiate', 'x', '--param', "text=it's"],
      ...['--param', 'number=7', '--param', 'group={"deep":1}'],
    ])
    const [printed, command] = instantiateCommand(given({ text: 'a\\nb', any: 'b' })).split(' | ')
    expect(wordsOf(printed ?? '')).toEqual(['printf', '%s', '{"text":"a\\\\nb","any":"b"}'])
    expect(command).toBe('nofx templates instantiate x --params -')
    const fields = listFields(schema({ 'my-token': { type: 'string', 'x-secret': true } }))
    const secret = given({ 'my-token': 'hunter2' }, fields)
    expect(instantiateCommand(secret)).toBe('nofx templates instantiate x --param my-token="$MY_TOKEN"')
    expect(instantiateRequest(secret, 'http://127.0.0.1:1')).not.toContain('hunter2')
  })
})

test('keys stand in the order of the author’s file, if that has the same value', () => {
  const stored = { b: { d: 1, c: 2 }, aaa: [3] }
  const print = (file: string | undefined) => JSON.stringify(inAuthorsOrder(stored, file, 'p'))
  expect(print('{"p": {"aaa": [3], "b": {"c": 2, "d": 1}}}')).toBe('{"aaa":[3],"b":{"c":2,"d":1}}')
  for (const file of ['{"p": {"aaa": [4]}}', 'p: 1', undefined])
    expect(print(file)).toBe(JSON.stringify(stored))
})
