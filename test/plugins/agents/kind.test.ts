import { describe, expect, test } from 'vitest'
import { PRESETS } from '../../../src/contract/fields/resources.ts'
import kinds from '../../../src/plugins/agents/hook.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { AGENT_RULES } from '../../../src/plugins/agents/rules/catalogue.ts'
import { check, definitionOf, manifest } from './support/agent.ts'

test('the plugin’s hook returns the kind', async () => {
  expect(await kinds()).toEqual([agents])
})

test('every rule states in a sentence what it demands', () => {
  for (const [id, { summary }] of Object.entries(AGENT_RULES)) {
    expect(id).toMatch(/^NOFX_[A-Z][A-Z_]+[A-Z]$/)
    expect(summary).toMatch(/^\S.*\.$/)
  }
})

describe('the description of an agent', () => {
  test('has the facts that lists show', () => {
    const raw = manifest({
      version: '1.2.3',
      tags: ['code'],
      model: { provider: 'acme', name: 'big' },
      resourceProfile: { cpu: 2 },
      mcp: { mcpServers: { files: { type: 'stdio', command: 'server' } } },
    })
    expect(agents.describe(definitionOf(raw))).toEqual({
      name: 'Reviewer',
      summary: 'Reviews changes.',
      status: 'active',
      version: '1.2.3',
      owner: '@platform',
      tags: ['code'],
      provides: ['code-review'],
      facts: {
        model: 'acme/big',
        skills: [{ id: 'code-review', name: 'Review' }],
        mcpServers: ['files'],
        resourceProfile: { ...PRESETS.standard, cpu: 2 },
      },
    })
  })

  test('shortens a long summary without splitting a character', () => {
    const { summary } = agents.describe(definitionOf(manifest({ description: '😀'.repeat(400) })))
    expect([...summary]).toHaveLength(300)
    expect(summary.isWellFormed()).toBe(true)
  })
})

test('references are the agents that it requires and its successor', () => {
  const raw = manifest({
    dependencies: { agents: ['planner', { agentId: 'tester', range: '^2' }] },
    deprecation: { message: 'x', replacedBy: 'better' },
  })
  expect(
    agents
      .references(definitionOf(raw))
      .map(({ id, range, relation, pointer }) => [id, range, relation, pointer.join('.')]),
  ).toEqual([
    ['planner', undefined, 'requires', 'dependencies.agents.0'],
    ['tester', '^2', 'requires', 'dependencies.agents.1'],
    ['better', undefined, 'mentions', 'deprecation.replacedBy'],
  ])
})

describe('files', () => {
  const raw = manifest({
    prompts: { system: 'p.md', again: 'p.md' },
    mcp: 'mcp.json',
    evals: { suite: 'evals/suite.json' },
  })
  const texts = {
    'p.md': 'See assets/a.svg.',
    'mcp.json': '{"mcpServers":{"a":{"type":"stdio","command":"node","args":["tools/server.js"]}}}',
    'evals/suite.json': '{"cases":"evals/cases.jsonl"}',
    'evals/cases.jsonl': '{}',
    'tools/server.js': 'import "./tools/lib.js"',
    'tools/lib.js': '',
    'assets/a.svg': '<svg/>',
  }
  test('the manifest, or a file that is named already, names a file', () => {
    expect(check(raw, texts)).toEqual([])
    expect(agents.promptsOf!(definitionOf(raw, texts))).toEqual(['p.md'])
  })

  test('a file that is not named is a warning', () => {
    expect(check(raw, { ...texts, 'assets/b.svg': 'x', 'notes.md': 'mentions assets/b.svg' })).toEqual([
      'NOFX_FILE_UNNAMED assets/b.svg',
      'NOFX_FILE_UNNAMED notes.md',
    ])
  })
})
