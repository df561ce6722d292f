import { describe, expect, it } from 'vitest'
import * as yaml from 'yaml'
import { parseYaml } from '../../../src/contract/manifest/yaml-text.ts'

const parse = (text: string) => parseYaml(text, 'agent.yaml', { depth: 32 }, yaml)
const found = (text: string) => parse(text).findings.map(({ rule, offset }) => [rule, offset])

describe('parseYaml', () => {
  it('reads the values of JSON in YAML’s spelling', () => {
    expect(parse('a: 1\nb: [x, "yes", no, null, ~]\nc: {d: true}\n')).toEqual({
      value: { a: 1, b: ['x', 'yes', 'no', null, null], c: { d: true } },
      findings: [],
    })
  })

  it('reads dates as strings and ordinary aliases as copies', () => {
    expect(parse('at: 2027-01-31\na: &a {x: 1}\nb: *a\n').value).toEqual({
      at: '2027-01-31',
      a: { x: 1 },
      b: { x: 1 },
    })
  })

  it.each([
    ['a: [1', 'NOFX_YAML_SYNTAX'],
    ['a: 1\n---\nb: 2\n', 'NOFX_YAML_SYNTAX'],
    ['a: 1\na: 2\n', 'NOFX_JSON_DUPLICATE_KEY'],
    ['a: !!js/function "x"\n', 'NOFX_YAML_TAG'],
    ['a: !!binary aGk=\n', 'NOFX_YAML_TAG'],
    ['a: !!timestamp 2027-01-31\n', 'NOFX_YAML_TAG'],
    ['a: *missing\n', 'NOFX_YAML_ALIAS'],
    ['a: .inf\n', 'NOFX_JSON_NUMBER'],
    ['a: 9007199254740993\n', 'NOFX_JSON_NUMBER'],
    ['a: 0xffffffffffffffff\n', 'NOFX_JSON_NUMBER'],
    ['a: "\\0"\n', 'NOFX_JSON_STRING'],
    ['__proto__: {a: 1}\n', 'NOFX_JSON_KEY'],
    ['\ufeffa: 1\n', 'NOFX_JSON_BOM'],
  ])('the text %j is refused', (text, rule) => {
    expect(parse(text).findings.map((finding) => finding.rule)).toContain(rule)
  })

  it('findings have offsets in the text', () => {
    expect(found('a: 1\nb: 2\na: 3\n')).toEqual([['NOFX_JSON_DUPLICATE_KEY', 10]])
  })

  it('merge keys are ordinary keys', () => {
    expect(parse('a: &a {x: 1}\nb:\n  <<: *a\n').value).toEqual({ a: { x: 1 }, b: { '<<': { x: 1 } } })
  })

  it('an alias bomb is stopped before it expands', () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'])
      lines.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]`)
    expect(parse(lines.join('\n')).findings.map(({ rule }) => rule)).toEqual(['NOFX_YAML_ALIAS'])
  })

  it.each([
    '['.repeat(50_000),
    `${'['.repeat(40)}${']'.repeat(40)}`,
    '- '.repeat(40),
    Array.from({ length: 40 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n'),
  ])('too many levels are refused', (text) => {
    const rules = parse(text).findings.map(({ rule }) => rule)
    expect(rules.some((rule) => rule === 'NOFX_JSON_DEPTH' || rule === 'NOFX_YAML_SYNTAX')).toBe(true)
    expect(parse(text).value).toBeUndefined()
  })
})

describe('texts that would exhaust the parser', () => {
  // On these texts V8 ends the process while the parser recurses, so they must never reach the parser.
  it.each([
    ['open brackets', '['.repeat(100_000)],
    ['open braces', '{a: '.repeat(50_000)],
    ['items on one line', '- '.repeat(100_000)],
    ['keys on one line', 'a: '.repeat(80_000)],
    ['explicit keys on one line', '? '.repeat(100_000)],
    ['indentation', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['brackets with a closing one in a text between them', '["]", '.repeat(50_000)],
    ['braces with a closing one in a comment between them', '{a: # }\n '.repeat(20_000)],
    ['items after an opening bracket in a text', `a: "["\nb:\n${'- '.repeat(100_000)}`],
    ['items after a text in a block', `a: |\n  [\nb:\n${'- '.repeat(100_000)}`],
    [
      'indentation between lines without',
      Array.from({ length: 600 }, (_, d) => `#\n${' '.repeat(d)}a:`).join('\n'),
    ],
  ])('are refused before they are parsed: %s', (_what, text) => {
    expect(parse(text).findings.map(({ rule }) => rule)).toEqual(['NOFX_JSON_DEPTH'])
  })

  const blanks = ' '.repeat(300)
  it.each([
    ['a line of a block with many blanks', `a: |\n  one\n${blanks}two\n`, `one\n${blanks.slice(2)}two\n`],
    ['open brackets in a block', `a: |\n  ${'[0, 1) '.repeat(150)}\n`, `${'[0, 1) '.repeat(150)}\n`],
    ['open brackets in quotes', `a: "${'['.repeat(150)}"\n`, '['.repeat(150)],
    ['open braces on several lines', `a: >-\n${'  {\n'.repeat(150)}`, '{ '.repeat(150).trim()],
    ['dashes in a block', `a: |\n  ${'- '.repeat(150)}x\n`, `${'- '.repeat(150)}x\n`],
    ['colons in quotes', `a: "${'b: '.repeat(150)}"\n`, 'b: '.repeat(150)],
    ['a comment after many blanks', `a: 1\n${blanks}# one\n`, 1],
    ['a list whose lines start far right', `a: [1,\n${blanks}2]\n`, [1, 2]],
    ['a text after many blanks', `a:\n  one\n${blanks}two\n`, 'one two'],
  ])('a text of few levels is read: %s', (_what, text, value) => {
    expect(parse(text)).toEqual({ value: { a: value }, findings: [] })
  })

  it('a document of many keys and of one long line is read', () => {
    const keys = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`k${index}`, index]))
    expect(parse(yaml.stringify(keys)).value).toEqual(keys)
    expect(parse(JSON.stringify(keys).replaceAll(':', ': ')).value).toEqual(keys)
  })
})
