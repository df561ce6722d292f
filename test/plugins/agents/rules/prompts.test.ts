import { describe, expect, test } from 'vitest'
import { variablesIn } from '../../../../src/plugins/agents/manifest/prompt-variables.ts'
import { check, findingsOn, manifest } from '../support/agent.ts'

const prompts = (system: unknown, more: Record<string, unknown> = {}) =>
  manifest({ prompts: { system, ...more } })

describe('prompt files', () => {
  test.each([
    ['a path', prompts('p/system.md'), []],
    ['a path with a role', prompts({ path: 'p/system.md', role: 'system' }), []],
    [
      'another role',
      prompts({ path: 'p/system.md', role: 'user' }),
      ['NOFX_PROMPT_ROLE agent.json:prompts.system.role'],
    ],
    [
      'no system prompt',
      manifest({ prompts: { help: 'p/system.md' } }),
      ['NOFX_PROMPT_SYSTEM_MISSING agent.json:prompts'],
    ],
    [
      'an odd id',
      prompts('p/system.md', { 'A b': 'p/system.md' }),
      ['NOFX_FIELD_INVALID agent.json:prompts.A b'],
    ],
    ['a path that leaves', prompts('../system.md'), ['NOFX_FIELD_INVALID agent.json:prompts.system']],
    ['an absolute path', prompts('/etc/passwd'), ['NOFX_FIELD_INVALID agent.json:prompts.system']],
    ['a drive', prompts('C:system.md'), ['NOFX_FIELD_INVALID agent.json:prompts.system']],
    ['backslashes', prompts('p\\system.md'), ['NOFX_FIELD_INVALID agent.json:prompts.system']],
    ['a trailing slash', prompts('p/'), ['NOFX_FIELD_INVALID agent.json:prompts.system']],
    ['the same file twice', prompts('p/system.md', { again: 'p/system.md' }), []],
  ])('%s', (_, raw, expected) => {
    const found = check(raw, { 'p/system.md': 'You review.' })
    expect(found.filter((line) => !line.includes('FILE_UNNAMED'))).toEqual(expected)
  })

  test('are reported if they are missing, or if the manifest does not name them', () => {
    expect(check(prompts('p/a.md'), { 'p/b.md': 'x' })).toEqual([
      'NOFX_FILE_MISSING agent.json:prompts.system',
      'NOFX_FILE_UNNAMED p/b.md',
    ])
  })

  test('must not be assets', () => {
    expect(check(prompts('assets/p.md'), { 'assets/p.md': 'x' })).toEqual([
      'NOFX_PROMPT_ASSET agent.json:prompts.system',
    ])
  })
})

describe('variables', () => {
  const onText = (text: string, variables?: unknown[]) =>
    check(prompts(variables ? { path: 'p.md', variables } : 'p.md'), { 'p.md': text })

  test.each([
    ['none', 'Plain.', undefined, []],
    ['declared and used', 'Hi {{name}}, {{ name }}!', ['name'], []],
    [
      'declared with a description',
      'Hi {{name}}',
      [{ name: 'name', description: 'Who', default: 'you' }],
      [],
    ],
    ['undeclared', 'Hi {{name}} and {{name}}', undefined, ['NOFX_PROMPT_VARIABLE_UNDECLARED p.md:@3']],
    ['one of two undeclared', '{{a}} {{b}}', ['a'], ['NOFX_PROMPT_VARIABLE_UNDECLARED p.md:@6']],
    ['unused', 'Hi', ['name'], ['NOFX_PROMPT_VARIABLE_UNUSED agent.json:prompts.system.variables.0']],
    [
      'declared twice',
      '{{a}}',
      ['a', { name: 'a' }],
      ['NOFX_PROMPT_VARIABLE_DUPLICATE agent.json:prompts.system.variables.1'],
    ],
    ['misnamed', '{{a}}', ['a b'], ['NOFX_FIELD_INVALID agent.json:prompts.system.variables.0']],
  ])('%s', (_, text, variables, expected) => expect(onText(text, variables)).toEqual(expected))

  test.each([
    ['{{a}}', ['a']],
    ['{{ a_1 }}{{B}}', ['a_1', 'B']],
    ['{{{a}}}', ['a']],
    [`\${{ secrets.X }} \${{x}}`, []],
    ['\\{{a}}', []],
    ['{{ .Values.x }} {{a.b}} {{#if x}} {{/if}} {{> part}} {{a b}} {{}} {{ }} {a} {{1a}}', []],
    ['{{a', []],
  ])('%j has the variables %j', (text, names) => expect([...variablesIn(text).keys()]).toEqual(names))

  test('equal texts have equal variables each time', () => {
    expect(variablesIn('x {{a}}')).toEqual(variablesIn('x {{a}}'))
  })

  test('the hint shows how to declare a variable', () => {
    const [plain] = findingsOn(prompts('p.md'), { 'p.md': '{{name}}' })
    expect(plain?.hint).toContain('{ "path": "p.md", "variables": ["name"] }')
    const [listed] = findingsOn(prompts({ path: 'p.md', variables: [] }), { 'p.md': '{{name}}' })
    expect(listed?.hint).toContain('add "name" to prompts.system.variables')
  })
})

describe('a name with a hyphen between double braces', () => {
  const system = 'p/system.md'
  test.each([
    ['Hello {{user-name}}.', ['NOFX_PROMPT_VARIABLE_NAME p/system.md:@6']],
    ['Hello {{ user-name }} and {{user-name}}.', ['NOFX_PROMPT_VARIABLE_NAME p/system.md:@6']],
    ['Hello \\{{user-name}}.', []],
    [`Hello $\{{user-name}}.`.replace('\\', ''), []],
    ['Hello {{user.name}} {{- x -}}.', []],
  ])('%s', (text, expected) => {
    expect(check(prompts(system), { [system]: text })).toEqual(expected)
  })

  test('is right after the hint was followed', () => {
    const [finding] = findingsOn(prompts(system), { [system]: 'Hello {{user-name}}.' })
    expect(finding?.hint).toContain('write {{user_name}}, and write prompts.system as {')
    const written = JSON.parse(/as (\{.*?\}),/.exec(finding?.hint ?? '')?.[1] ?? '')
    expect(check(prompts(written), { [system]: 'Hello {{user_name}}.' })).toEqual([])
  })
})
