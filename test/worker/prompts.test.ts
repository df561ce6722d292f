import { describe, expect, test } from 'vitest'
import { digestOf, sha256 } from '../../src/contract/digest.ts'
import { toAgent } from '../../src/worker/agent.ts'
import { findProblem, type WorkerRevision } from '../../src/worker/connection/definition.ts'

function revisionOf(manifest: Record<string, unknown>, texts: Record<string, string>): WorkerRevision {
  const files = Object.entries(texts).map(([path, text]) => ({
    path,
    size: Buffer.byteLength(text),
    sha256: sha256(text),
  }))
  const digest = digestOf('agents', 'reviewer', files)
  return { kind: 'agents', id: 'reviewer', version: 3, digest, state: 'active', manifest, texts, files }
}

const STALENESS = { fresh: true, asOf: '2026-01-31T12:00:00.000Z', seq: 7 }
const agentWith = (manifest: Record<string, unknown>, texts: Record<string, string>) =>
  toAgent(revisionOf(manifest, texts), STALENESS)

/** One prompt with its declared variables. */
const promptOf = (text: string, variables: unknown[] = []) =>
  agentWith({ prompts: { system: { path: 'p.md', variables } } }, { 'p.md': text }).prompts.system!

describe('a prompt', () => {
  test('a prompt is rendered with the values of its declared variables, and their defaults', () => {
    const prompt = promptOf('Fix {{ ticket }} in {{repo}}: {{ticket}}, {{n}}.', [
      'ticket',
      'n',
      { name: 'repo', description: 'Where.', default: 'main' },
    ])
    expect(prompt.render({ ticket: 'A-1', n: 0 })).toBe('Fix A-1 in main: A-1, 0.')
    expect(prompt.render({ ticket: '', n: 1, repo: 'other' })).toBe('Fix  in other: , 1.')
    expect(prompt.variables).toEqual([
      { name: 'ticket' },
      { name: 'n' },
      { name: 'repo', description: 'Where.', default: 'main' },
    ])
  })

  test('a prompt inserts a value as it is, without reading variables or patterns in it', () => {
    const prompt = promptOf('{{a}} and {{b}}', ['a', 'b'])
    expect(prompt.render({ a: '{{b}} $& $1', b: '\\{{a}}' })).toBe('{{b}} $& $1 and \\{{a}}')
  })

  test('a prompt renders escaped braces as plain braces, and leaves other template syntax alone', () => {
    const text = 'Write \\{{name}}, $' + '{{ github.ref }}, {{ a.b }} and {{name}}.'
    expect(promptOf(text, ['name']).render({ name: 'x' })).toBe(
      'Write {{name}}, $' + '{{ github.ref }}, {{ a.b }} and x.',
    )
  })

  test.each([
    ['a missing value', {}, ['ticket'], [], /given no value for ticket$/],
    ['an undeclared value', { ticket: '1', repo: '2' }, [], ['repo'], /does not declare repo$/],
    [
      'a name that every object has as a property',
      { ticket: '1', constructor: '2' },
      [],
      ['constructor'],
      /declare constr/,
    ],
  ])('a prompt refuses %s, and names it', (_what, values, missing, undeclared, message) => {
    const prompt = promptOf('{{ticket}}', ['ticket'])
    const detail = { prompt: 'system', missing, undeclared }
    const refusal = expect.objectContaining({
      code: 'CONFIG',
      detail,
      message: expect.stringMatching(message),
    })
    expect(() => prompt.render(values as unknown as Record<string, string>)).toThrow(refusal)
  })

  test('a prompt may be a path alone, and then has the role of its key', () => {
    const { prompts } = agentWith(
      { prompts: { system: 's.md', ask: { path: 'a.md', role: 'assistant' }, more: 'm.md' } },
      { 's.md': 'S', 'a.md': 'A', 'm.md': 'M' },
    )
    const shown = Object.entries(prompts).map(([id, { role, path }]) => [
      id,
      role,
      path,
      prompts[id]!.render(),
    ])
    expect(shown).toEqual([
      ['system', 'system', 's.md', 'S'],
      ['ask', 'assistant', 'a.md', 'A'],
      ['more', 'user', 'm.md', 'M'],
    ])
    expect(prompts.constructor).toBeUndefined()
  })
})

test('MCP servers are read from the file or from the manifest, as published', () => {
  const servers = { mcpServers: { files: { type: 'stdio', command: 'files' } } }
  expect(agentWith({ mcp: 'mcp.json' }, { 'mcp.json': JSON.stringify(servers) }).mcp).toEqual(servers)
  expect(agentWith({ mcp: servers }, {}).mcp).toEqual(servers)
  expect(agentWith({}, {}).mcp).toBeUndefined()
})

describe('a revision whose content does not match its digest', () => {
  const good = revisionOf({}, { 'agent.json': '{}', 'p.md': 'ä' })
  const asset = { path: 'assets/a.png', size: 1, sha256: 'a'.repeat(64) }
  test.each<[string, WorkerRevision, RegExp | undefined]>([
    ['is accepted when everything matches', good, undefined],
    ['has another text', { ...good, texts: { ...good.texts, 'p.md': 'o' } }, /^p\.md is not the text/],
    ['lacks a text', { ...good, texts: { 'agent.json': '{}' } }, /^p\.md is missing/],
    ['has a text too many', { ...good, texts: { ...good.texts, more: '' } }, /^more is not the text/],
    ['lists other files', { ...good, files: [...good.files, asset] }, /do not make its digest/],
    ['is of another definition', { ...good, id: 'other' }, /do not make its digest/],
  ])('%s', (_what, revision, problem) => {
    if (problem) expect(findProblem(revision)).toMatch(problem)
    else expect(findProblem(revision)).toBeUndefined()
  })
})
