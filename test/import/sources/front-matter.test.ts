import { describe, expect, test } from 'vitest'
import type { Finding } from '../../../src/contract/diagnostic.ts'
import { place } from '../../../src/import/place.ts'
import { type FrontMatter, readFrontMatter } from '../../../src/import/sources/front-matter.ts'

async function read(text: string): Promise<FrontMatter> {
  const matter = await readFrontMatter({ path: 'a.md', text })
  if ('rule' in matter) throw new Error(matter.message)
  return matter
}

async function refusal(text: string): Promise<string> {
  const finding = (await readFrontMatter({ path: 'a.md', text })) as Finding
  expect(finding.rule).toBe('NOFX_IMPORT_FRONT_MATTER')
  const { line, column, message } = place('a.md', text, finding)
  return `${line}:${column} ${message}`
}

const between = (yaml: string): string => `---\n${yaml}\n---\nbody\n`

describe('front matter', () => {
  test.each([
    ['ends where a line says so', '---\nname: a\n---\nbody\n---\nmore\n', { name: 'a' }, 'body\n---\nmore\n'],
    ['may be followed by nothing', '---\nname: a\n---', { name: 'a' }, ''],
    ['may have blanks after its marks', '--- \nname: a\n---\t\nb', { name: 'a' }, 'b'],
    ['may have dashes inside of a value', '---\nname: a---b\n---\nb', { name: 'a---b' }, 'b'],
    ['may fold its text', between('description: >-\n  one\n  two'), { description: 'one two' }, 'body\n'],
    ['may list its tools', between('tools:\n  - Read\n  - Bash'), { tools: ['Read', 'Bash'] }, 'body\n'],
    ['keeps a date as it is written', between('since: 2024-01-02'), { since: '2024-01-02' }, 'body\n'],
    [
      'keeps numbers that JSON cannot hold',
      between('a: 12345678901234567890\nb: .inf\nc: 1.5'),
      { a: '12345678901234567890', b: '.inf', c: 1.5 },
      'body\n',
    ],
    ['keeps keys that are numbers', between('1: one'), { 1: 'one' }, 'body\n'],
  ])('%s', async (_what, text, data, body) => {
    const matter = await read(text)
    expect(matter.data).toEqual(data)
    expect(matter.body).toBe(body)
    expect(matter.loose).toEqual([])
  })

  test.each([
    ['Use this when: a user asks. Examples: <example>user: "hi"</example>'],
    ['Ends with a colon:'],
    ['It asks: "why?"'],
  ])('a description that is not valid YAML is read as plain text: %s', async (description) => {
    const matter = await read(between(`name: a\ndescription: ${description}\nmodel: opus`))
    expect(matter.data).toEqual({ name: 'a', description, model: 'opus' })
    expect(matter.loose).toEqual(['description'])
  })

  test('knows where its fields are', async () => {
    const matter = await read('---\nname: a\ntools: x\n---\n')
    expect([matter.findOffset('name'), matter.findOffset('tools'), matter.findOffset('none')]).toEqual([
      10, 19, 4,
    ])
  })
})

describe('fields that are taken as they are written', () => {
  test.each([
    ['[pr-number] [priority]', '[pr-number] [priority]'],
    ['<a>: b | c', '<a>: b | c'],
    ['"in quotes"', 'in quotes'],
    ['[one]', '[one]'],
    ['  spaced  ', 'spaced'],
  ])('%s', async (written, expected) => {
    const text = `---\nargument-hint: ${written}\ndescription: d\n---\nbody`
    const matter = await readFrontMatter({ path: 'a.md', text }, ['argument-hint'])
    if ('rule' in matter) throw new Error(matter.message)
    expect(matter.data).toEqual({ 'argument-hint': expected, description: 'd' })
    expect(matter.findOffset('description')).toBe(text.indexOf('d\n---'))
  })
})

describe('hostile front matter is refused at its place', () => {
  const bomb = [
    'a: &a [x,x,x,x]',
    ...'bcdefgh'.split('').map((key, at) => `${key}: &${key} [${`*${'abcdefg'[at]},`.repeat(9)}]`),
  ].join('\n')

  test.each([
    ['an alias bomb', bomb, '2:7 the front matter has the anchor &a'],
    ['an anchor', 'name: &n a', '2:10 the front matter has the anchor &n'],
    ['an alias', 'name: *n', '2:7 the front matter has the alias *n'],
    [
      'a custom tag',
      'name: !!js/function "x"',
      '2:7 the front matter is not valid YAML: Unresolved tag: tag:yaml.org,2002:js/function',
    ],
    ['a local tag', 'name: !secret x', '2:7 the front matter is not valid YAML: Unresolved tag: !secret'],
    ['a prototype key', 'name: a\n__proto__: {admin: true}', '3:1 the front matter has the key "__proto__"'],
    ['a nested prototype key', 'x: {y: {"__proto__": 1}}', '2:9 the front matter has the key "__proto__"'],
    ['a key twice', 'name: a\nname: b', '3:1 the front matter is not valid YAML'],
    ['an open bracket', 'name: [a', 'the front matter is not valid YAML'],
    ['a tab for indentation', 'a:\n\tb: 1', 'the front matter is not valid YAML'],
    ['a list', '- name', '2:1 the front matter has no fields'],
    ['plain text', 'hello', '2:1 the front matter has no fields'],
    ['nothing', '', '2:1 the front matter has no fields'],
    ['many levels', `a: ${'['.repeat(30)}1${']'.repeat(30)}`, 'more than 16 levels'],
    ['very many levels', `a: ${'['.repeat(15_000)}${']'.repeat(15_000)}`, '2:'],
    ['a huge text', `a: ${'x'.repeat(40_000)}`, '1:1 the front matter has 40004 characters, more than 32768'],
    ['several documents', 'name: a\n...\nname: b', 'the front matter is not valid YAML'],
    ['a key that is a list', '? [a]\n: b', 'the front matter is not valid YAML'],
  ])('%s', async (_what, yaml, expected) => {
    const found = await refusal(between(yaml))
    expect(found).toContain(expected)
    expect(found.length).toBeLessThan(250)
  })

  test('and no prototype is changed by it', async () => {
    await refusal(between('__proto__: {polluted: 1}'))
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})
