import { describe, expect, it } from 'vitest'
import { parseJson } from '../../../src/contract/manifest/json-text.ts'
import fc from '../../harness/fast-check.ts'

const parse = (text: string) => parseJson(text, 'agent.json', { depth: 32 })
const rules = (text: string) => parse(text).findings.map(({ rule }) => rule)

describe('parseJson', () => {
  it('returns the result of JSON.parse, without findings, for every ordinary document', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ maxDepth: 6, noUnicodeString: false }),
        fc.constantFrom(0, 2),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent)
          const parsed = JSON.parse(text) as unknown
          const honest = !/__proto__|\\u0000|\\ud[89a-f]/.test(text) && !/\d{16}|e\+/.test(text)
          const result = parse(text)
          const faults = result.findings.filter(({ rule }) => rule.startsWith('NOFX_JSON_'))
          if (honest) expect({ ...result, findings: faults }).toEqual({ value: parsed, findings: [] })
        },
      ),
    )
  })

  it('never throws, and explains every text that JSON.parse refuses', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...'{}[]",:\\ \n01-.eEtruefalsn/'), maxLength: 40 }),
        (text) => {
          let valid = true
          try {
            JSON.parse(text)
          } catch {
            valid = false
          }
          expect(rules(text).includes('NOFX_JSON_SYNTAX')).toBe(!valid)
        },
      ),
    )
  })

  it.each([
    ['{"a" 1}', 5, '":"'],
    ['{"a":1 "b":2}', 7, '"," or "}"'],
    ['[1 2]', 3, '"," or "]"'],
    ['[1,]', 3, 'a value'],
    ['{"a":1,}', 7, 'a key in double quotes'],
    ['{a:1}', 1, 'a key in double quotes'],
    ['{"a":01}', 5, 'a value'],
    ['{"a":tru}', 5, 'a value'],
    ['{"a":"x', 5, 'a string that ends'],
    ['{"a":"\\x"}', 5, 'a string that ends'],
    ['{"a":"line\nbreak"}', 5, 'a string that ends'],
    ['{} {}', 3, 'nothing more'],
    ['', 0, 'the end of the file'],
  ])('reports the place of the error in %j', (text, offset, says) => {
    const [finding] = parse(text).findings
    expect(finding).toMatchObject({ rule: 'NOFX_JSON_SYNTAX', file: 'agent.json', offset })
    expect(finding?.message).toContain(says)
  })

  it.each([
    ['{"a":1,"a":2}', [7]],
    ['{"a":{"b":1,"b":2},"c":[{"d":1},{"d":1,"d":2}]}', [12, 39]],
    ['{"a":1,"\\u0061":2}', [7]],
    ['{"a":"\\":","b":"\\\\","b":1}', [20]],
    ['{"__proto__":1,"__proto__":2}', [15]],
  ])('reports the repeated keys in %s', (text, offsets) => {
    const found = parse(text).findings.filter(({ rule }) => rule === 'NOFX_JSON_DUPLICATE_KEY')
    expect(found.map(({ offset }) => offset)).toEqual(offsets)
  })

  it.each(['{"a":"\\":","b":"{\\"b\\":1,\\"b\\":2}"}', '[{"a":1},{"a":1}]', '{"a":{"a":{"a":1}}}'])(
    'reports no repeated key in %s',
    (text) => expect(rules(text)).toEqual([]),
  )

  it('accepts 32 levels and reports the bracket that opens the 33rd', () => {
    const nested = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`
    expect(rules(nested(32))).toEqual([])
    expect(parse(nested(33)).findings).toMatchObject([{ rule: 'NOFX_JSON_DEPTH', offset: 32 }])
    expect(parse(nested(33)).value).toBeUndefined()
  })

  it.each(['['.repeat(130_000), `${'['.repeat(130_000)}${']'.repeat(130_000)}`, '{"a":'.repeat(50_000)])(
    'survives a text of very deep nesting',
    (text) => expect(rules(text)).toHaveLength(1),
  )

  it.each([
    ['{"n":9007199254740993}', ['n']],
    ['{"n":-9007199254740993}', ['n']],
    ['[1,[1e400]]', [1, 0]],
    ['{"n":123456789012345678901234567890}', ['n']],
  ])('refuses the number in %s, which a database would not return unchanged', (text, pointer) => {
    expect(parse(text).findings).toMatchObject([{ rule: 'NOFX_JSON_NUMBER', pointer }])
  })

  it.each(['[9007199254740991, -9007199254740991, 0.1, 1e15, -0, 1.5e-300]'])(
    'keeps the numbers of %s',
    (text) => expect(rules(text)).toEqual([]),
  )

  it.each([
    ['{"a":"x\\u0000y"}', ['a'], false, 'NUL'],
    ['{"a\\u0000":1}', ['a\0'], true, 'NUL'],
    ['["\\ud800"]', [0], false, 'surrogate'],
    ['["\\udc00 \\ud83d\\ude00"]', [0], false, 'surrogate'],
  ])('refuses the string in %s, which the database cannot store', (text, pointer, key, says) => {
    const [finding] = parse(text).findings
    expect(finding).toMatchObject({ rule: 'NOFX_JSON_STRING', pointer, key })
    expect(finding?.message).toContain(says)
  })

  it('accepts emoji that are written as escapes', () => expect(rules('["\\ud83d\\ude00"]')).toEqual([]))

  it('refuses "__proto__" at any depth and changes no prototype', () => {
    const { findings, value } = parse('{"a":[{"__proto__":{"polluted":true}}]}')
    expect(findings).toMatchObject([{ rule: 'NOFX_JSON_KEY', pointer: ['a', 0, '__proto__'], key: true }])
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
    expect(Object.getPrototypeOf((value as { a: object[] }).a[0])).toBe(Object.prototype)
  })

  it('reports a byte order mark and every finding after it', () => {
    const { findings } = parse('\ufeff{"a":1,"a":2}')
    expect(findings).toMatchObject([
      { rule: 'NOFX_JSON_BOM', offset: 0 },
      { rule: 'NOFX_JSON_DUPLICATE_KEY', offset: 8 },
    ])
    expect(parse('\ufeff{"a" 1}').findings[1]).toMatchObject({ rule: 'NOFX_JSON_SYNTAX', offset: 6 })
  })

  it.each([
    ['{"a":["x\\u202ey"]}', 'NOFX_TEXT_BIDI', ['a', 0]],
    ['{"\\u200bname":1}', 'NOFX_TEXT_ZERO_WIDTH', ['\u200bname']],
    ['"\\udb40\\udc61"', 'NOFX_TEXT_TAG', []],
  ])('reports what %s hides behind an escape', (text, rule, pointer) => {
    const [finding, ...more] = parse(text).findings
    expect(finding).toMatchObject({ rule, pointer, file: 'agent.json', offset: undefined })
    expect(more).toEqual([])
  })

  it('accepts escaped emoji and Persian spelling', () => {
    expect(
      rules(
        JSON.stringify(['👩🏽‍⚕️', 'می‌خواهم']).replace(
          /[^ -~]/g,
          (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
        ),
      ),
    ).toEqual([])
  })
})
