import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { zodFindings } from '../../../src/contract/manifest/zod-findings.ts'

const schema = z.strictObject({
  name: z.string().min(2).max(8),
  tags: z.array(z.string()).max(2).optional(),
  level: z.enum(['low', 'high']).optional(),
  cpu: z.number().min(0.1).max(16).optional(),
  count: z.int().optional(),
  slug: z
    .string()
    .regex(/^[a-z]+$/, 'must be lower-case letters')
    .optional(),
  mail: z.email().optional(),
  prompt: z
    .union([z.string(), z.strictObject({ path: z.string(), role: z.enum(['system', 'user']).optional() })])
    .optional(),
  server: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('http'), url: z.string() }),
      z.strictObject({ type: z.literal('stdio'), command: z.string() }),
    ])
    .optional(),
  env: z
    .record(z.string().regex(/^[A-Z]+$/, 'must be capitals'), z.strictObject({ value: z.string() }))
    .optional(),
  metadata: z.record(z.string(), z.unknown()).optional(),
})

function findings(value: object) {
  const parsed = schema.safeParse(value)
  return parsed.success ? [] : zodFindings(parsed.error.issues, schema, value, 'agent.json')
}

const one = (value: object) => {
  const all = findings({ name: 'Ada', ...value })
  expect(all).toHaveLength(1)
  return all[0]
}

describe('zodFindings', () => {
  it.each([
    [{ nam: 1 }, 'NOFX_FIELD_UNKNOWN', ['nam'], 'unknown field "nam"', 'write "name"'],
    [{ colour: 1 }, 'NOFX_FIELD_UNKNOWN', ['colour'], '"colour"', 'move it into "metadata"'],
    [
      { prompt: { path: 'a', rol: 'x' } },
      'NOFX_FIELD_UNKNOWN',
      ['prompt', 'rol'],
      'in prompt',
      'write "role"',
    ],
    [
      { env: { A: { value: 'x', vlaue: 1 } } },
      'NOFX_FIELD_UNKNOWN',
      ['env', 'A', 'vlaue'],
      '',
      'write "value"',
    ],
    [{ server: { type: 'stdio', command: 'x', url: 'y' } }, 'NOFX_FIELD_UNKNOWN', ['server', 'url'], '', ''],
    [{ name: undefined }, 'NOFX_FIELD_REQUIRED', [], 'name is missing', 'add "name" with a string'],
    [{ prompt: {} }, 'NOFX_FIELD_REQUIRED', ['prompt'], 'prompt.path is missing', 'add "path"'],
    [{ server: { type: 'http' } }, 'NOFX_FIELD_REQUIRED', ['server'], 'server.url is missing', 'add "url"'],
    [{ name: 7 }, 'NOFX_FIELD_TYPE', ['name'], 'name 7 must be a string', 'a string'],
    [{ tags: 'a' }, 'NOFX_FIELD_TYPE', ['tags'], 'tags "a" must be an array', 'an array'],
    [{ tags: ['a', null] }, 'NOFX_FIELD_TYPE', ['tags', 1], 'tags[1] null', 'a string'],
    [{ count: 1.5 }, 'NOFX_FIELD_TYPE', ['count'], '1.5 must be a whole number', ''],
    [{ prompt: 3 }, 'NOFX_FIELD_TYPE', ['prompt'], 'must be a string or an object', ''],
    [{ level: 'mid' }, 'NOFX_FIELD_INVALID', ['level'], 'must be one of "low", "high"', '"low", "high"'],
    [{ cpu: 99 }, 'NOFX_FIELD_INVALID', ['cpu'], 'cpu 99 must be at most 16', 'at most 16'],
    [
      { name: 'x' },
      'NOFX_FIELD_INVALID',
      ['name'],
      'at least 2 characters',
      'give name at least 2 characters',
    ],
    [{ tags: ['a', 'b', 'c'] }, 'NOFX_FIELD_INVALID', ['tags'], '3 entries must have at most 2 entries', ''],
    [{ slug: 'A b' }, 'NOFX_FIELD_INVALID', ['slug'], 'slug "A b" must be lower-case letters', 'lower-case'],
    [{ mail: 'x' }, 'NOFX_FIELD_INVALID', ['mail'], 'must be an e-mail address', ''],
    [{ server: { type: 'ftp' } }, 'NOFX_FIELD_INVALID', ['server', 'type'], 'one of "http", "stdio"', ''],
    [{ server: {} }, 'NOFX_FIELD_REQUIRED', ['server'], 'server.type is missing', 'add "type"'],
    [
      { env: { low: { value: 'x' } } },
      'NOFX_FIELD_INVALID',
      ['env', 'low'],
      'key "low" in env must be capitals',
      '',
    ],
    [
      { prompt: { path: 'a', role: 'boss' } },
      'NOFX_FIELD_INVALID',
      ['prompt', 'role'],
      'prompt.role "boss" must be one of "system", "user"',
      '',
    ],
  ])('%j', (value, rule, pointer, message, hint) => {
    const finding = one(value)
    expect(finding).toMatchObject({ rule, pointer, file: 'agent.json', severity: 'error' })
    expect(finding?.message).toContain(message)
    expect(finding?.hint).toContain(hint)
  })

  it('reports all invalid values at once, and one finding for each value', () => {
    const rules = findings({ name: '', level: 1, zzz: 1, cpu: -1 }).map(({ rule }) => rule)
    expect(rules.sort()).toEqual([
      'NOFX_FIELD_INVALID',
      'NOFX_FIELD_INVALID',
      'NOFX_FIELD_INVALID',
      'NOFX_FIELD_UNKNOWN',
    ])
  })

  it('shows at most 6 characters of a possible secret, and 60 of any other value', () => {
    expect(one({ slug: `x ${'aB3dE5gH7j'.repeat(4)}` })?.message).toContain('"x aB3dE5…"')
    const long = one({ slug: 'ä '.repeat(500) })?.message ?? ''
    expect(long.length).toBeLessThan(110)
  })

  it('points to the key of an unknown field, so that editors underline the key and not its value', () => {
    expect(one({ nam: 1 })?.key).toBe(true)
    expect(one({ env: { low: { value: 'x' } } })?.key).toBe(true)
    expect(one({ name: 7 })?.key).toBeUndefined()
  })
})

it('only the first 100 unknown keys of a document are compared with the known ones', () => {
  const unknown = Object.fromEntries(
    Array.from({ length: 150 }, (_, index) => [`coun${index % 10}${index}`, 1]),
  )
  const hints = findings({ name: 'Ada', counx: 1, ...unknown, couny: 1 }).map(({ hint }) => hint)
  expect(hints).toHaveLength(152)
  expect(hints[0]).toBe('write "count"')
  expect(hints.slice(100)).toEqual(Array(52).fill('remove it, or move it into "metadata"'))
})
