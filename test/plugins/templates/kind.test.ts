import { describe, expect, test } from 'vitest'
import { PRESETS } from '../../../src/contract/fields/resources.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import kinds from '../../../src/plugins/templates/hook.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { TEMPLATE_RULES } from '../../../src/plugins/templates/rules/catalogue.ts'
import { check, definitionOf, manifest, step, withStep } from './support/template.ts'

test('the plugin’s hook returns the kind', async () => {
  expect(await kinds()).toEqual([templates])
})

test('templates are published after the agents that they need', () => {
  expect(templates.after).toEqual([agents.id])
})

test('every rule states in a sentence what it demands', () => {
  for (const [id, { summary }] of Object.entries(TEMPLATE_RULES)) {
    expect(id).toMatch(/^NOFX_[A-Z][A-Z_]+[A-Z]$/)
    expect(summary).toMatch(/^\S.*\.$/)
  }
})

test('a rule that agents have too has the same severity for both', () => {
  for (const [id, { severity }] of Object.entries(TEMPLATE_RULES))
    expect(agents.rules[id]?.severity ?? severity, id).toBe(severity)
})

describe('the description of a template', () => {
  test('has the facts that lists show', () => {
    const raw = manifest({ version: '1.2.3', tags: ['issues'], resourceProfile: { cpu: 2 } })
    expect(templates.describe(definitionOf(raw))).toEqual({
      name: 'Triage',
      summary: 'Looks at an issue.',
      status: 'active',
      version: '1.2.3',
      owner: '@platform',
      tags: ['issues'],
      provides: [],
      facts: {
        category: 'issues',
        steps: 4,
        agents: ['worker'],
        parameters: ['repo', 'level'],
        resourceProfile: { ...PRESETS.standard, cpu: 2 },
      },
    })
  })

  test('names parameters and shows none of their defaults', () => {
    const properties = { repo: { type: 'string', default: 'hunter2222' } }
    const raw = manifest({ parameters: { type: 'object', properties }, status: 'draft' })
    expect(JSON.stringify(templates.describe(definitionOf(raw)))).not.toContain('hunter')
  })

  test('shortens a long summary without splitting a character', () => {
    const { summary } = templates.describe(definitionOf(manifest({ description: '😀'.repeat(400) })))
    expect([...summary]).toHaveLength(300)
    expect(summary.isWellFormed()).toBe(true)
  })
})

test('references are the agents of its steps and its successor', () => {
  const raw = manifest({
    status: 'draft',
    supportedAgents: ['worker@^1', { agentId: 'tester', range: '>=2' }, 'helper'],
    deprecation: { message: 'x', replacedBy: 'better' },
  })
  expect(
    templates
      .references(definitionOf(raw))
      .map(({ kind, id, range, relation, pointer }) => [kind, id, range, relation, pointer.join('.')]),
  ).toEqual([
    ['agents', 'worker', '^1', 'requires', 'supportedAgents.0'],
    ['agents', 'tester', '>=2', 'requires', 'supportedAgents.1'],
    ['agents', 'helper', undefined, 'requires', 'supportedAgents.2'],
    ['templates', 'better', undefined, 'mentions', 'deprecation.replacedBy'],
  ])
})

describe('demands of a template', () => {
  const steps = [
    step('a', { agentId: undefined, skill: 'reading' }),
    step('b', { agentId: undefined, skill: 'reading' }),
    step('c', { rollback: { skill: 'undoing', prompt: { text: 'x' } } }),
  ].map((one) => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== undefined)))
  const raw = manifest({ defaultPlan: { steps }, supportedAgents: ['worker@^1', 'tester'] })

  test('are the skills of steps and rollbacks, each at its first use', () => {
    const oneOf = ['worker', 'tester']
    const file = 'template.json'
    expect(templates.demands?.(definitionOf(raw))).toEqual([
      { kind: 'agents', oneOf, provides: 'reading', file, pointer: ['defaultPlan', 'steps', 0, 'skill'] },
      {
        kind: 'agents',
        oneOf,
        provides: 'undoing',
        file,
        pointer: ['defaultPlan', 'steps', 2, 'rollback', 'skill'],
      },
    ])
  })

  test('point into the file of the plan', () => {
    const inFile = definitionOf(
      { ...raw, defaultPlan: 'plan.json' },
      { 'plan.json': JSON.stringify({ steps }) },
    )
    expect(templates.demands?.(inFile)[0]).toMatchObject({
      file: 'plan.json',
      pointer: ['steps', 0, 'skill'],
    })
  })

  test('are none without supported agents', () => {
    expect(templates.demands?.(definitionOf({ ...raw, supportedAgents: [] }))).toEqual([])
  })
})

describe('files', () => {
  test('prompts are those of steps and rollbacks, without repetitions', () => {
    const raw = withStep('b', {
      prompt: 'prompts/b.md',
      rollback: { agentId: 'worker', prompt: 'prompts/undo.md' },
    })
    const texts = { 'prompts/b.md': 'See notes/b.txt.', 'prompts/undo.md': 'x', 'notes/b.txt': 'x' }
    const item = definitionOf(raw, texts)
    expect(templates.promptsOf!(item)).toEqual(['prompts/b.md', 'prompts/undo.md'])
    expect(templates.filesOf!(item)).toEqual(['notes/b.txt'])
    expect(check(raw, texts)).toEqual([])
  })
})

test('the graph has a box for each step and an arrow for each dependency', () => {
  const raw = withStep('c', {
    name: 'Change it',
    approval: 'manual',
    sideEffects: 'reversible',
    onFailure: 'rollback',
    rollback: { agentId: 'worker', prompt: { text: 'x' } },
    dependsOn: ['a', 'a', 'z'],
  })
  expect(templates.graph?.(definitionOf(raw))).toEqual({
    nodes: [
      { id: 'a', label: 'a', notes: ['agent worker'] },
      { id: 'b', label: 'b', notes: ['agent worker'] },
      {
        id: 'c',
        label: 'Change it',
        notes: [
          'agent worker',
          'when {{parameters.level}} == "high"',
          'waits for approval',
          'reversible',
          'can be rolled back',
          'on failure: rollback',
        ],
      },
      { id: 'd', label: 'd', notes: ['agent worker'] },
    ],
    edges: [
      { from: 'a', to: 'b' },
      { from: 'a', to: 'c' },
      { from: 'b', to: 'd' },
      { from: 'c', to: 'd' },
    ],
  })
})
