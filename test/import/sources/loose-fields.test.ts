import { describe, expect, test } from 'vitest'
import { readFrontMatter } from '../../../src/import/sources/front-matter.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

async function read(yaml: string) {
  return readFrontMatter({ path: 'a.md', text: `---\n${yaml}\n---\nbody\n` })
}

async function dataOf(yaml: string) {
  const matter = await read(yaml)
  if ('rule' in matter) throw new Error(matter.message)
  return matter.data
}

describe('a description that is not YAML', () => {
  const examples = [
    'Use this agent when a plan is needed. Examples:',
    '',
    '<example>',
    'Context: a new feature',
    'user: "plan it"',
    'assistant: "I shall ask the helper"',
    '</example>',
  ].join('\n')

  test('reaches to the line before the next field', async () => {
    const data = await dataOf(`name: helper\ndescription: ${examples}\ncolor: blue\ntools: Read`)
    expect(data).toEqual({ name: 'helper', description: examples, color: 'blue', tools: 'Read' })
  })

  test('reaches to the end when it is the last field', async () => {
    expect(await dataOf(`name: helper\ndescription: ${examples}`)).toEqual({
      name: 'helper',
      description: examples,
    })
  })

  test.each(['*all* of it', '@here', '!important: first', '&c', '[draft] a: b', '{a} b', '`x` is: y', '%x'])(
    'is the text as it is written: %s',
    async (description) => {
      const data = await dataOf(`name: a\ndescription: ${description}\nmodel: opus`)
      expect(data).toMatchObject({ name: 'a', model: 'opus' })
      expect(data.description).toBe(description)
    },
  )
})

describe('a text that begins like quoted text or a block, and is neither', () => {
  test.each([
    ['"Plan" means: think first', '"Plan" means: think first'],
    ["'Plan' means: think first", "'Plan' means: think first"],
    ['"He said "stop" and: left"', 'He said "stop" and: left'],
    ["'It's: the one'", "It's: the one"],
    ['"One \\"two\\" "three": x\\nFour"', 'One "two" "three": x\nFour'],
    ['"Never closed: x', '"Never closed: x'],
    ['> 5 files: split them', '> 5 files: split them'],
    ['| a | b: c |', '| a | b: c |'],
    ['>\nNot indented\nuser: "y"', 'Not indented\nuser: "y"'],
    ['"One", "two: three"', '"One", "two: three"'],
    [
      '"Plan" first. Examples:\nContext: a: b\nuser: "x"',
      '"Plan" first. Examples:\nContext: a: b\nuser: "x"',
    ],
  ])('%j is read with the fields around it', async (written, text) => {
    const data = await dataOf(`name: a\ndescription: ${written}\nmodel: opus\ntools: Read`)
    expect(data).toEqual({ name: 'a', description: text, model: 'opus', tools: 'Read' })
  })

  test('in any field of one line, the fields after it are read', async () => {
    const word = fc.constantFrom('"', "'", '"a"', "it's", 'x: y', '# z', '|', '>', '@', '*', '\\', 'b')
    const field = fc.constantFrom('description', 'model', 'color', 'tools')
    await fc.assert(
      fc.asyncProperty(field, fc.array(word, { minLength: 1, maxLength: 6 }), async (key, words) => {
        const matter = await read(`name: a\n${key}: ${words.join(' ')}\nafter: read`)
        if ('rule' in matter) return expect(matter.offset).toBeGreaterThan(0)
        expect(matter.data).toMatchObject({ name: 'a' })
        // A quote or a block may hold the next line: then YAML read it so.
        if (matter.loose.includes(key) && key !== 'description') expect(matter.data.after).toBe('read')
      }),
      { numRuns: repetitions(150, 300) },
    )
  })
})

test.each([
  ['tools: *', { tools: '*' }],
  ['tools: [Read, Bash', { tools: '[Read, Bash' }],
  ['model: @best', { model: '@best' }],
  ['color: @red: dark', { color: '@red: dark' }],
])('a field of its own line is text when YAML cannot read it: %s', async (line, expected) => {
  const matter = await read(`name: a\n${line}\ndescription: d`)
  if ('rule' in matter) throw new Error(matter.message)
  expect(matter.data).toEqual({ name: 'a', description: 'd', ...expected })
})

test('any text over several lines is read wholly, or refused at its place', async () => {
  const line = fc.oneof(
    fc.string({ maxLength: 20 }),
    fc.constantFrom(
      'user: "x"',
      '<example>',
      'Context: a: b',
      '- item',
      '  indented: x',
      '*',
      '@x',
      '"quoted',
      '',
    ),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 6 }), async (lines) => {
      const description = `It helps. ${lines.join('\n')}`
      fc.pre(!/^(?:---|[\w-]+:(?:\s|$)(?<!(?:user|Context):\s))/m.test(description))
      const matter = await read(`name: a\ndescription: ${description}\nmodel: opus\ntools: Read`)
      if ('rule' in matter) return expect(matter.offset).toBeGreaterThan(0)
      expect(matter.data).toMatchObject({ name: 'a', model: 'opus', tools: 'Read' })
      if (matter.loose.includes('description')) expect(matter.data.description).toBe(description.trim())
    }),
    { numRuns: repetitions(150, 300) },
  )
})
