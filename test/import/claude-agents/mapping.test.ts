import { describe, expect, test } from 'vitest'
import { definitionId } from '../../../src/contract/fields/id.ts'
import { claudeAgents } from '../../../src/import/claude-agents/claude-agents.ts'
import { readModel } from '../../../src/import/claude-agents/model.ts'
import { grantsFor } from '../../../src/import/claude-agents/permissions.ts'
import { readSkills } from '../../../src/import/claude-agents/skills.ts'
import { toolNames } from '../../../src/import/claude-agents/tool-list.ts'
import { escapeVariables } from '../../../src/import/claude-agents/variables.ts'
import { cut } from '../../../src/import/cut.ts'
import { latinId } from '../../../src/import/latin-id.ts'
import { fillVariables, variablesIn } from '../../../src/plugins/agents/manifest/prompt-variables.ts'
import { agentSchema } from '../../../src/plugins/agents/manifest/schema.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

describe('tools', () => {
  const denied = { network: false, filesystem: 'none', shell: false }
  const anywhere = { network: true, hosts: ['*'] }

  test.each<[string, unknown, object, string[]]>([
    ['none named: nothing is granted', undefined, denied, ['nothing granted']],
    ['all of them: nothing is granted', '*', denied, ['nothing granted']],
    ['an empty list', [], denied, []],
    ['an empty text', '', denied, []],
    ['null', null, denied, []],
    ['reading', 'Read, Glob, Grep', { ...denied, filesystem: 'read' }, []],
    ['writing, whatever comes after it', 'Edit,Read', { ...denied, filesystem: 'write' }, []],
    ['a shell', ['Bash'], { ...denied, shell: true }, []],
    ['the network', 'WebFetch, WebSearch', { ...denied, ...anywhere }, ['every host']],
    [
      'one host',
      'WebFetch(domain:docs.example.com)',
      { ...denied, network: true, hosts: ['docs.example.com'] },
      [],
    ],
    ['one host and all', 'WebFetch(domain:a.example), WebSearch', { ...denied, ...anywhere }, ['every host']],
    [
      'a limited shell stays denied',
      'Bash(git log:*, git diff:*), Read',
      { ...denied, filesystem: 'read' },
      ['nothing for Bash(git log:*, git diff:*)'],
    ],
    ["a server's tool", 'mcp__github__get_issue', denied, ['no server for mcp__github__get_issue']],
    ["the original host's own", 'Task, SendMessage', denied, ['nothing for Task, SendMessage']],
    ['a map of rules', { Read: true, Bash: false, Edit: 'deny' }, { ...denied, filesystem: 'read' }, []],
    [
      'a rule on parts of a tool',
      { Read: 'allow', Bash: { 'git *': 'allow' } },
      { ...denied, filesystem: 'read' },
      [],
    ],
    ['another spelling is another tool', 'bash', denied, ['nothing for bash']],
  ])('%s', (_what, tools, grants, whats) => {
    const given = grantsFor(tools === undefined ? undefined : toolNames(tools))
    expect(given.grants).toEqual(grants)
    expect(given.guesses.map((guess) => guess.what)).toEqual(whats)
  })

  test.each([{ a: 1 }, 7, ['Read', 3], true, { Read: null }])('%j are no tools', (tools) => {
    expect(toolNames(tools)).toBeUndefined()
  })
})

describe('the model', () => {
  test.each([
    [undefined, undefined],
    ['inherit', undefined],
    ['sonnet', { provider: 'anthropic', name: 'sonnet' }],
    ['opus[1m]', { provider: 'anthropic', name: 'opus[1m]' }],
    ['claude-sonnet-4-5', { provider: 'anthropic', name: 'claude-sonnet-4-5' }],
    ['gpt-5', { name: 'gpt-5' }],
  ])('%s', (model, expected) => {
    expect(readModel(model).model).toEqual(expected)
  })
})

describe('skills', () => {
  const agent = { id: 'the-agent', name: 'The Agent', description: 'Does it.' }
  const skills = (body: string): string[] =>
    readSkills(body, agent).skills.map(({ id, name, description }) => `${id} | ${name} | ${description}`)

  test.each([
    [
      'headings below the capabilities',
      '## Capabilities\n\n### API *Design*\n\n- **REST**: verbs\n- `gRPC`\n\n### Tests\nWe test.\n\n## Other\n### Not me\n',
      ['api-design | API Design | REST: verbs; gRPC', 'tests | Tests | We test.'],
    ],
    [
      'one level deeper',
      '# Capabilities\n### A one\n#### detail\n### B two\n',
      ['a-one | A one | A one', 'b-two | B two | B two'],
    ],
    [
      'numbered headings',
      '## Core Capabilities\n### 1. First thing\n### B) Second thing\n',
      ['first-thing | First thing | First thing', 'second-thing | Second thing | Second thing'],
    ],
    [
      'bold items',
      '## Capabilities\n- **Fast work**: is done\n- **Slow work** – too\n',
      ['fast-work | Fast work | is done', 'slow-work | Slow work | too'],
    ],
    [
      'plain items are one skill',
      '## Focus Areas\n- This\n* That\n  and more\n1. Those\n',
      ['the-agent | The Agent | This; That and more; Those'],
    ],
    [
      'a heading twice',
      '## Capabilities\n### Tests\n### tests\n### Tests!\n',
      ['tests | Tests | Tests', 'tests-2 | tests | tests', 'tests-3 | Tests! | Tests!'],
    ],
    [
      'headings without a Latin letter',
      '## Capabilities\n### 日本\n### 中文\n',
      ['skill | 日本 | 日本', 'skill-2 | 中文 | 中文'],
    ],
    [
      'capabilities before focus areas',
      '## Focus Areas\n- x\n## Capabilities\n### Yes\n',
      ['yes | Yes | Yes'],
    ],
    ['an empty section', '## Capabilities\n\n## Approach\n- x\n', ['the-agent | The Agent | Does it.']],
    [
      'headings inside of code',
      '```md\n## Capabilities\n### No\n```\n~~~\n## Capabilities\n```\n~~~\n',
      ['the-agent | The Agent | Does it.'],
    ],
    ['nothing', '', ['the-agent | The Agent | Does it.']],
  ])('%s', (_what, body, expected) => {
    expect(skills(body)).toEqual(expected)
  })

  test('are at most 100, and their texts are cut at a word, which is reported', () => {
    const many = Array.from({ length: 150 }, (_, at) => `### Skill ${at}\n- ${'word '.repeat(300)}\n`).join(
      '',
    )
    const { skills: made, guesses } = readSkills(`## Capabilities\n${many}`, agent)
    expect(made).toHaveLength(100)
    expect(made[0]?.description.length).toBeLessThanOrEqual(1024)
    expect(made[0]?.description.endsWith('word…')).toBe(true)
    expect(guesses).toContainEqual(expect.objectContaining({ field: 'skills.description' }))
  })
})

describe('a name', () => {
  const read = async (name: string, path = 'agents/the-file.md') => {
    const foreign = await claudeAgents.read(
      { path, text: `---\nname: ${JSON.stringify(name)}\ndescription: d\n---\nb` },
      { owner: '@me' },
    )
    return foreign.ok
      ? [foreign.definition.id, foreign.definition.manifest.name]
      : foreign.findings[0]?.message
  }

  test.each([
    ['code-reviewer', ['code-reviewer', 'Code Reviewer']],
    ['ui-ux-designer', ['ui-ux-designer', 'UI UX Designer']],
    ['Code Reviewer', ['code-reviewer', 'Code Reviewer']],
    ['Überprüfer', ['uberprufer', 'Überprüfer']],
    ['../../etc/passwd', ['etc-passwd', '../../etc/passwd']],
    ['..', ['the-file', '..']],
    ['..\\..\\x', ['the-file', '..\\..\\x']],
    ['/', ['the-file', '/']],
    ['3d-artist', ['d-artist', '3d Artist']],
    ['日本語', ['the-file', '日本語']],
    ['CON', ['the-file', 'CON']],
    ['\u212Aelvin', ['kelvin', '\u212Aelvin']],
    ['x'.repeat(100), ['x'.repeat(64), `X${'x'.repeat(79)}`]],
  ])('%j gives an id and a title', async (name, expected) => {
    expect(await read(name)).toEqual(expected)
  })

  test('without Latin letters, in a file without them, gives an id from its folder and Punycode', async () => {
    expect(await read('日本', 'agents/日本.md')).toEqual(['agent-wgv71a', '日本'])
    expect(await read('日本', 'translation/日本.md')).toEqual(['translation-wgv71a', '日本'])
  })

  test('never gives the id of another name, however long and in whatever letters', () => {
    const text = fc.string({
      unit: fc.constantFrom('日', '本', 'я', 'ß', '1', '-', ' ', 'é', '\u{20000}'),
      minLength: 1,
      maxLength: 90,
    })
    const letters = (name: string) =>
      name
        .normalize('NFKC')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\p{M}]/gu, '')
    fc.assert(
      fc.property(text, text, (one, other) => {
        fc.pre(letters(one) !== letters(other))
        const [first, second] = [one, other].map((name) => latinId('agents/x.md', name, 'agent'))
        expect(definitionId.safeParse(first).error).toBeUndefined()
        expect(first).not.toBe(second)
      }),
    )
  })
})

test('a long description is cut at a word; with the kept rest it is whole', async () => {
  const description = 'Some words and more. '.repeat(100).trim()
  const foreign = await claudeAgents.read(
    { path: 'a.md', text: `---\nname: aa\ndescription: ${description}\n---\n` },
    {},
  )
  if (!foreign.ok) throw new Error('refused')
  const { manifest, unmapped: kept, guesses } = foreign.definition
  expect(String(manifest.description).length).toBeLessThanOrEqual(1024)
  expect(`${manifest.description}${kept.descriptionRest}`).toBe(description)
  expect(guesses).toContainEqual(expect.objectContaining({ field: 'description' }))
})

test('without a description the first paragraph describes it', async () => {
  const text = '---\nname: aa\n---\n# Title\n\n- a list\n\nYou are **good** at\n`it`.\n\nMore.'
  const foreign = await claudeAgents.read({ path: 'a.md', text }, {})
  expect(foreign.ok && foreign.definition.manifest.description).toBe('You are good at it.')
})

test('cutting loses nothing and parts no character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 2, max: 20 }), (text, max) => {
      const { head, rest } = cut(text, max)
      expect(head + rest).toBe(text)
      expect(head.length).toBeLessThanOrEqual(max)
      expect(head).toBe(Buffer.from(head).toString())
    }),
  )
})

test('whatever a file says, what comes of it has the shape of an agent, or is a finding', async () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('## Capabilities', '### X', '- **a**: b', '```', '{{x}}', '---', '# ', '-', '1. '),
  )
  const text = fc.record({
    name: fc.string(),
    description: fc.string(),
    tools: fc.oneof(fc.string(), fc.array(fc.string())),
    body: fc.array(line),
  })
  await fc.assert(
    fc.asyncProperty(text, fc.boolean(), async ({ name, description, tools, body }, raw) => {
      const write = (value: unknown): string => (raw ? String(value) : JSON.stringify(value))
      const fields = `name: ${write(name)}\ndescription: ${write(description)}\ntools: ${write(tools)}`
      const foreign = await claudeAgents.read(
        { path: 'agents/some-file.md', text: `---\n${fields}\n---\n${body.join('\n')}` },
        { owner: '@me' },
      )
      if (!foreign.ok) {
        expect(foreign.findings.length).toBeGreaterThan(0)
        return
      }
      expect(definitionId.safeParse(foreign.definition.id).success).toBe(true)
      expect(agentSchema.safeParse(foreign.definition.manifest).error?.issues).toBeUndefined()
    }),
    { numRuns: repetitions(150, 300) },
  )
})

test('braces of a body reach the model as they are written, whatever stands around them', () => {
  const part = fc.constantFrom('{{', '}}', '{', '\\', '$', ' ', 'name', 'x', '\n', '#if ')
  fc.assert(
    fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
      const { prompt } = escapeVariables(parts.join(''))
      expect([...variablesIn(prompt).keys()]).toEqual([])
      expect(fillVariables(prompt, () => 'filled')).toBe(parts.join(''))
    }),
    { numRuns: repetitions(250, 500) },
  )
})
