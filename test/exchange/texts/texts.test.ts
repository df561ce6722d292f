import { parse as parseToml } from 'smol-toml'
import { describe, expect, it } from 'vitest'
import { parse as parseYaml } from 'yaml'
import type { JsonObject } from '../../../src/contract/kind.ts'
import { withMatter } from '../../../src/exchange/texts/matter.ts'
import { toToml } from '../../../src/exchange/texts/toml.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

const SURPRISES = [
  'yes',
  'No',
  'null',
  '~',
  '1e3',
  '0x1F',
  '012',
  '2001-12-14',
  '12:30:45',
  '<<',
  '- a',
  '# x',
  'a: b',
  '---',
  '',
  ' x ',
]
const anyText = fc.oneof(
  fc.constantFrom(...SURPRISES, '"""', 'a"""', '\\"', 'ends with "', '\u2028\u0085\ufeff', 'tab\there\r\n'),
  fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.toWellFormed()),
)
const anyKey = fc
  .oneof(fc.constantFrom('name', 'a b', 'yes', '"', "'"), fc.string({ minLength: 1, maxLength: 8 }))
  .filter((key) => key !== '__proto__')
const anyValue = fc.oneof(anyText, fc.boolean(), fc.integer(), fc.array(anyText, { maxLength: 3 }))
const anyMap = (value: fc.Arbitrary<unknown>) =>
  fc.dictionary(anyKey, value, { maxKeys: 4, noNullPrototype: true })
const anyFields = anyMap(
  fc.oneof(anyValue, anyMap(fc.oneof(anyValue, anyMap(anyValue)))),
) as fc.Arbitrary<JsonObject>

/** The fields and the body between which a client parts a file. */
function split(text: string): [string, string] {
  const [, front = '', body = ''] = /^---\n([\s\S]*?)^---\n([\s\S]*)$/m.exec(text) ?? []
  return [front, body]
}

describe('front matter', () => {
  it.each(['1.1', '1.2'] as const)('gives back any fields and any body, in YAML %s', (version) => {
    const check = fc.property(anyFields, anyText, (fields, body) => {
      const [front, rest] = split(withMatter(fields, body))
      expect(rest).toBe(body)
      expect(parseYaml(front, { version }) ?? {}).toEqual(fields)
    })
    fc.assert(check, { numRuns: repetitions(150, 300) })
  })

  it('leaves out what is undefined', () => {
    expect(withMatter({ name: 'a', model: undefined, tools: [] }, 'x')).toBe(
      '---\nname: a\ntools: []\n---\nx',
    )
  })
})

describe('TOML', () => {
  it('gives back any fields', () => {
    const check = fc.property(anyFields, (fields) => {
      expect(JSON.parse(JSON.stringify(parseToml(toToml(fields))))).toEqual(fields)
    })
    fc.assert(check, { numRuns: repetitions(150, 300) })
  })

  it('keeps a prompt readable', () => {
    const text = toToml({
      name: 'a',
      developer_instructions: 'Say "hi".\n\\ back\n',
      mcp_servers: { b: { url: 'c' } },
    })
    expect(text).toBe(
      'name = "a"\ndeveloper_instructions = """\nSay "hi".\n\\\\ back\n"""\n\n[mcp_servers.b]\nurl = "c"\n',
    )
  })
})
