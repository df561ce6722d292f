import { RE2JS } from 're2js'
import { expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { checkJsonSchema } from '../../../src/contract/fields/json-schema.ts'
import { compilePattern, type Pattern } from '../../../src/contract/schemas/pattern.ts'
import { translatePattern } from '../../../src/contract/schemas/pattern-syntax.ts'
import fc from '../../harness/fast-check.ts'

const atom = fc.oneof(
  fc.constantFrom('a', '-', '.', '^', '$', '\\b', '\\B', '\\d', '\\S', '\\w', '\\W', '[]', '[^]', '[^a-z]'),
  fc.constantFrom(
    '[\\s\\d_-]',
    '[a\\]-]',
    '🚀',
    '[🚀-🚂]',
    '\\u{1F680}',
    '\\ud83d\\ude80',
    '\\x41',
    '\\cA',
    '\\0',
  ),
  fc.constantFrom(
    '\\p{L}',
    '\\P{Lu}',
    '\\p{Script=Greek}',
    '\\p{sc=Kawi}',
    '\\p{Emoji}',
    '\\p{LC}',
    '\\/',
    '\\-',
  ),
  fc.constantFrom('\ud800', '\\ud800', '{', '}', ']', ')', '(?=a)', '\\1', '\\Q', '\u2028', '"'),
)
const quantifier = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('', '', '*', '+', '?', '*?', '{0}', '{0,}', '{1,3}', '{7}', '{2,}'),
  },
  fc.tuple(fc.nat(60), fc.nat(60)).map(([from, more]) => `{${from},${from + more}}`),
  fc.constantFrom('{999}', '{0,999}', '{500,}', '{1001}'),
)

/** Patterns of every form that authors can write; a few of them are not patterns at all. */
const { pattern } = fc.letrec<{ pattern: string }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 6 },
    fc.tuple(atom, quantifier).map((parts) => parts.join('')),
    fc.array(tie('pattern'), { maxLength: 5 }).map((parts) => parts.join('')),
    fc.array(tie('pattern'), { maxLength: 4 }).map((parts) => parts.join('|')),
    fc
      .tuple(fc.constantFrom('(', '(?:', '(?<n>'), tie('pattern'), quantifier)
      .map(([open, inside, after]) => `${open}${inside})${after}`),
  ),
}))

const nest = (depth: number) => `${'('.repeat(depth)}a${')'.repeat(depth)}`
const EDGES = [
  ...[1, 100, 300, 480, 499].map(nest),
  `${'(?:'.repeat(200)}a${')?'.repeat(200)}`,
  `${'('.repeat(20)}a${'){1,2}'.repeat(20)}`,
  '(?:a{30}){31}',
  '(?:(?:){900})',
  '(?:a?){0,300}',
  '(?:a*){300,}',
  '|'.repeat(990),
  `(${'|'.repeat(900)})*`,
  '()'.repeat(490),
  '(|)'.repeat(300),
  'a'.repeat(998),
  'a?'.repeat(499),
  '[^]'.repeat(330),
  'a{0,990}',
  'a{990,}',
]

/** RE2's immediate answer to a pattern, which a later use would get too. */
function eager(source: string): { size: number } | 'refused' {
  try {
    return { size: RE2JS.compile(source).programSize() }
  } catch {
    return 'refused'
  }
}

function expectSame(written: string): void {
  const translated = translatePattern(written)
  const lazy = compilePattern(written)
  if (translated.source === undefined) {
    expect(lazy).toEqual(translated)
    return
  }
  const exact = eager(translated.source)
  expect('problem' in lazy).toBe(exact === 'refused')
  if ('problem' in lazy || exact === 'refused') return
  expect(exact.size).toBeLessThanOrEqual(lazy.most)
  expect(lazy.size).toBe(exact.size)
}

test('a pattern is accepted without compiling exactly if RE2 accepts it, and its size is at most the estimate', () => {
  fc.assert(fc.property(pattern, expectSame), { numRuns: 1_500 })
})

test.each(EDGES)('the same holds for the pattern %.30s', (written) => expectSame(written))

/** Patterns of about 105 instructions each; the estimate without compiling is twice as high. */
const patterns = (count: number) => ({
  patternProperties: Object.fromEntries(
    Array.from({ length: count }, (_none, index) => [`^a{100}x${index + 1_000}$`, true]),
  ),
})

test.each([
  [200, []],
  [400, []],
  [600, ['NOFX_JSON_SCHEMA_SIZE']],
])('a schema of %i patterns gets the verdict of their exact sizes', (count, rules) => {
  const findings: Finding[] = []
  checkJsonSchema(patterns(count), 'template.json', [], findings)
  expect(findings.map(({ rule }) => rule)).toEqual(rules)
  const sizes = Object.keys(patterns(count).patternProperties).map((source) => {
    const { cost, size } = compilePattern(source) as Pattern
    return Math.max(cost, size)
  })
  const sum = sizes.reduce((all, one) => all + one, 0)
  expect(sum > 50_000).toBe(rules.length > 0)
})
