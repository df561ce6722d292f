import { describe, expect, it } from 'vitest'
import * as yaml from 'yaml'
import { checkDefinition } from '../../../src/contract/check/check.ts'
import { ALONE } from '../../../src/contract/kind.ts'
import { findFrontMatter, parseFrontMatter, readBody } from '../../../src/contract/manifest/front-matter.ts'
import { listManifestFiles, parseManifest, statusIn } from '../../../src/contract/manifest/manifest-file.ts'
import { provenManifest } from '../../../src/contract/manifest/proven-manifest.ts'
import { locate } from '../../../src/core/validate/locate.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import fc from '../../harness/fast-check.ts'

const parse = (text: string) => parseFrontMatter(text, 'SKILL.md', { depth: 32 }, () => yaml)

/** What `nofx validate` reports about a skill that has only this text. */
async function report(text: string) {
  const file = { path: 'SKILL.md', size: Buffer.byteLength(text), text }
  const source = { kind: 'skills', id: 'some-skill', files: [file], findings: [] }
  const { findings, definition } = checkDefinition(source, skills, ALONE, { yaml: () => yaml })
  const texts = new Map([['SKILL.md', text]])
  const found = await locate(findings, { kind: 'skills', id: 'some-skill', dir: 'skills/some-skill', texts })
  return { found, definition }
}

const FIELDS = 'name: some-skill\ndescription: Does it.\nmetadata:\n  nofx-owner: "@acme"\n'
const skill = (fields: string, body = '\nDo it.\n') => `---\n${fields}---\n${body}`

describe('front matter', () => {
  it('is the YAML between two lines of three hyphens; the rest is the body', () => {
    const text = '---  \nname: x\n---\t\n# Body\n---\nmore\n'
    const found = findFrontMatter(text)
    expect(found && text.slice(found.start, found.end)).toBe('name: x\n')
    expect(readBody(text)).toBe('# Body\n---\nmore\n')
    expect(parse(text)).toEqual({ value: { name: 'x' }, findings: [] })
  })

  it('may end with the text', () => {
    expect(parse('---\nname: x\n---')).toEqual({ value: { name: 'x' }, findings: [] })
    expect(readBody('---\nname: x\n---')).toBe('')
  })

  it.each([
    ['', 'does not start with front matter'],
    ['# Title\n', 'does not start with front matter'],
    [' ---\nname: x\n---\n', 'does not start with front matter'],
    ['----\nname: x\n----\n', 'does not start with front matter'],
    ['---\nname: x\n', 'has no end'],
    ['---', 'has no end'],
    ['---\n---\n', 'has no fields'],
    ['---\n# a comment\n---\nBody\n', 'has no fields'],
  ])('the text %j has none', (text, message) => {
    const { value, findings } = parse(text)
    expect(value).toBeUndefined()
    expect(findings.map((one) => [one.rule, one.message])).toEqual([
      ['NOFX_FRONT_MATTER_MISSING', expect.stringContaining(message)],
    ])
  })

  it.each([
    ['a byte order mark', `\ufeff${skill(FIELDS)}`, 'NOFX_JSON_BOM', 1],
    ['a list', skill('- a\n- b\n'), 'NOFX_JSON_OBJECT', 2],
    ['one text', skill('name\n'), 'NOFX_JSON_OBJECT', 2],
    ['a tab', skill('name:\n\tx: 1\n'), 'NOFX_YAML_SYNTAX', 3],
    ['two documents', skill('name: x\n...\nname: y\n'), 'NOFX_YAML_SYNTAX', 4],
    ['a tag', skill('name: !!binary aGk=\n'), 'NOFX_YAML_TAG', 2],
    ['an alias without an anchor', skill('name: *nothing\n'), 'NOFX_YAML_ALIAS', 2],
    ['a repeated key', skill(`${FIELDS}name: other\n`), 'NOFX_JSON_DUPLICATE_KEY', 6],
    ['an integer that is not exact', skill('name: 9007199254740993\n'), 'NOFX_JSON_NUMBER', 2],
    ['a number that JSON does not have', skill('name: .inf\n'), 'NOFX_JSON_NUMBER', 2],
    ['a date without quotes', skill(`${FIELDS}license: [2027-01-31]\n`), 'NOFX_FIELD_TYPE', 6],
    ['a version of two numbers', skill(`${FIELDS}  version: 1.0\n`), 'NOFX_FIELD_TYPE', 6],
    ['__proto__', skill(`${FIELDS}  __proto__: x\n`), 'NOFX_JSON_KEY', 6],
    ['deep nesting', skill(`name: ${'['.repeat(50_000)}\n`), 'NOFX_JSON_DEPTH', 2],
    ['many items on a line', skill(`${'- '.repeat(100_000)}x\n`), 'NOFX_JSON_DEPTH', 2],
    ['an unknown field', skill(`${FIELDS}modell: opus\n`), 'NOFX_FIELD_UNKNOWN', 6],
    ['an unknown name of NOFX', skill(`${FIELDS}  nofx-ownr: me\n`), 'NOFX_SKILL_METADATA', 6],
    ['another name than the folder', skill('description: x\nname: other\n'), 'NOFX_ID_FOLDER', 3],
    ['no description', skill('name: some-skill\nlicense: MIT\n'), 'NOFX_FIELD_REQUIRED', 2],
  ])('%s is a finding in its line', async (_, text, rule, line) => {
    const { found } = await report(text)
    expect(found.map((one) => [one.rule, one.line])).toContainEqual([rule, line])
    for (const one of found) expect(one.path).toMatch(/^skills\/some-skill/)
  })

  it('an alias bomb is stopped before it expands', async () => {
    const lines = ['a: &a [x, x, x, x, x, x, x, x, x]']
    for (const [from, to] of ['ab', 'bc', 'cd', 'de', 'ef', 'fg', 'gh', 'hi'])
      lines.push(`${to}: &${to} [${Array(9).fill(`*${from}`).join(', ')}]`)
    const { found } = await report(skill(`${lines.join('\n')}\n`))
    expect(found.map(({ rule }) => rule)).toContain('NOFX_YAML_ALIAS')
  })

  it('is never thrown at, whatever the text: a finding or a definition', async () => {
    const pieces = fc.constantFrom(
      ...['---', '---\n', '\n', '\r', '\t', ' ', '\ufeff', '...', 'name: some-skill\n', 'description: x\n'],
      ...[
        'metadata:\n',
        '  nofx-owner: me\n',
        '  a: &a [1]\n',
        '*a',
        '<<: *a\n',
        '? ',
        '- ',
        '!!map ',
        '|\n',
        '>-\n',
      ],
      ...[
        '"',
        "'",
        '{',
        '}',
        '[',
        ']',
        '#',
        '%YAML 1.1\n',
        '2027-01-31',
        '0x1F',
        '1e999',
        '~',
        '\u0000',
        '\ud800',
      ],
    )
    const texts = fc
      .tuple(fc.constantFrom('---\n', ''), fc.array(fc.oneof(pieces, fc.string()), { maxLength: 24 }))
      .map(([start, parts]) => start + parts.join(''))
    let defined = 0
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const { found, definition } = await report(text)
        if (definition) defined++
        else expect(found.length).toBeGreaterThan(0)
        const lines = text.split('\n').length
        for (const { line, column } of found) {
          expect(line).toBeGreaterThan(0)
          expect(line).toBeLessThanOrEqual(lines)
          expect(column).toBeGreaterThan(0)
        }
      }),
      { numRuns: 500, examples: [[skill(FIELDS)]] },
    )
    expect(defined).toBeGreaterThan(0)
  })

  it('is read alike by the rules and from stored texts', () => {
    const text = skill(FIELDS)
    const { definition } = { definition: provenManifest({ 'SKILL.md': text }, skills, () => yaml) }
    expect(definition).toEqual(parseManifest(text, 'SKILL.md', { depth: 32 }, () => yaml).value)
    expect(provenManifest({ 'skill.yaml': 'name: x\n' }, skills, () => yaml)).toBeUndefined()
    expect(provenManifest({ 'SKILL.md': 'none' }, skills, () => yaml)).toBeUndefined()
  })
})

describe('the file of a manifest', () => {
  it('JSON may be YAML instead, Markdown is only Markdown', () => {
    expect(listManifestFiles({ manifestFile: 'agent.json' })).toEqual(['agent.json', 'agent.yaml'])
    expect(listManifestFiles(skills)).toEqual(['SKILL.md'])
  })

  it('has its status at the place that the kind names, and is active without one', () => {
    expect(statusIn({ status: 'draft' })).toBe('draft')
    expect(statusIn({ status: 'draft' }, skills.statusPlace)).toBe('active')
    expect(statusIn({ metadata: { 'nofx-status': 'disabled' } }, skills.statusPlace)).toBe('disabled')
  })
})
