import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { compileAcceptor, parseShape } from '../../../src/contract/manifest/accept.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { mcpConfig } from '../../../src/plugins/agents/manifest/mcp-schema.ts'
import fc from '../../harness/fast-check.ts'

const Node: z.ZodType = z.strictObject({
  name: z.string(),
  get next() {
    return z.optional(Node)
  },
})

describe('the fast path through a schema', () => {
  it.each<[string, z.ZodType, unknown, boolean]>([
    ['a string in its bounds', z.string().min(1).max(3), 'abc', true],
    ['a string that is too long', z.string().max(3), 'abcd', false],
    ['a string that is too short', z.string().min(2), 'a', false],
    ['a pattern', z.string().regex(/^a+$/), 'aaa', true],
    ['a pattern that does not fit', z.string().regex(/^a+$/), 'b', false],
    ['a number in its bounds', z.number().min(0).lt(2), 0, true],
    ['an exclusive bound', z.number().min(0).lt(2), 2, false],
    ['NaN', z.number(), Number.NaN, false],
    ['an integer', z.int(), 3, true],
    ['a fraction for an integer', z.int(), 3.5, false],
    ['a value of an enum', z.enum(['a', 'b']), 'b', true],
    ['a value outside of an enum', z.enum(['a', 'b']), 'c', false],
    ['a literal', z.literal('x'), 'x', true],
    ['an optional field that is absent', z.strictObject({ a: z.string().optional() }), {}, true],
    ['a required field that is absent', z.strictObject({ a: z.string() }), {}, false],
    ['an unknown key', z.strictObject({ a: z.string() }), { a: '', b: 1 }, false],
    ['a key that an object only inherits', z.strictObject({ toString: z.string() }), {}, false],
    ['a __proto__ key', z.strictObject({ a: z.string() }), JSON.parse('{"a":"","__proto__":{}}'), false],
    ['a list for an object', z.strictObject({}), [], false],
    ['some fields', z.object({ a: z.string(), b: z.string() }).pick({ a: true }), { a: '' }, true],
    ['fields and others', z.object({ a: z.string() }).extend({ b: z.string() }), { a: '', b: '' }, true],
    ['fewer fields', z.object({ a: z.string(), b: z.string() }).omit({ b: true }), { a: 1 }, false],
    ['a UUID', z.uuid(), '5a8d3d3e-2f0b-4c55-9a0e-0d8f1f0a7c11', true],
    ['what looks like a UUID', z.uuid(), '5a8d3d3e-2f0b-4c55-9a0e-0d8f1f0a7c1', false],
    ['a UUID of one version', z.uuid({ version: 'v7' }), '5a8d3d3e-2f0b-4c55-9a0e-0d8f1f0a7c11', false],
    ['a record', z.record(z.string().regex(/^k/), z.number()), { k1: 1 }, true],
    ['a record with a wrong key', z.record(z.string().regex(/^k/), z.number()), { x: 1 }, false],
    ['a list in its bounds', z.array(z.boolean()).max(1), [true], true],
    ['a list that is too long', z.array(z.boolean()).max(1), [true, true], false],
    ['a refinement that holds', z.string().refine((text) => text === 'a'), 'a', true],
    ['a refinement that does not hold', z.string().refine((text) => text === 'a'), 'b', false],
    ['a null where one may be', z.string().nullable(), null, true],
    ['either of two shapes', z.union([z.string(), z.number()]), 1, true],
    ['a recursive shape', Node, { name: 'a', next: { name: 'b' } }, true],
  ])('judges %s as zod does', (_name, schema, value, accepted) => {
    expect(compileAcceptor(schema)(value)).toBe(accepted)
    expect(schema.safeParse(value).success).toBe(accepted)
  })

  it.each<[string, z.ZodType, unknown]>([
    ['a default', z.strictObject({ a: z.string().default('x') }), {}],
    ['a transform', z.string().transform((text) => text.length), 'abc'],
    ['a trim', z.string().trim(), ' a '],
    ['a refined object', z.strictObject({}).refine(() => true), {}],
    ['a format', z.email(), 'a@example.com'],
    ['a coercion', z.coerce.number(), '3'],
    ['an object that drops keys', z.object({ a: z.string() }), { a: '', b: 1 }],
    ['a null', z.null(), null],
  ])('leaves %s to zod, and returns zod’s result', (_name, schema, value) => {
    expect(compileAcceptor(schema)(value)).toBe(false)
    expect(parseShape(schema, value)).toEqual(schema.safeParse(value))
  })

  it('never accepts a manifest that zod refuses or changes', () => {
    const valid = JSON.parse(agents.scaffold!('probe', { owner: '@acme/tools' })['agent.json']!)
    const paths = fc.constantFrom(...Object.keys(valid), 'mcp', 'resourceProfile', 'metadata', 'x')
    const change = fc.dictionary(paths, fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 })
    const server = fc.dictionary(
      fc.constantFrom('type', 'url', 'command', 'args', 'env'),
      fc.jsonValue({ maxDepth: 2 }),
    )
    const config = fc.record({
      mcpServers: fc.dictionary(fc.string({ maxLength: 8 }), server, { maxKeys: 3 }),
    })
    fc.assert(
      fc.property(change, config, (some, mcp) => {
        for (const [schema, value] of [
          [agents.schema, { ...valid, ...some }],
          [mcpConfig, mcp],
        ] as const) {
          const judged = schema.safeParse(value)
          if (compileAcceptor(schema as z.ZodType)(value))
            expect(judged).toEqual({ success: true, data: value })
        }
      }),
      { numRuns: 300 },
    )
    expect(compileAcceptor(agents.schema as z.ZodType)(valid)).toBe(true)
  })
})
