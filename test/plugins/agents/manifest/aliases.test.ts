import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { normalizeAgent } from '../../../../src/plugins/agents/manifest/aliases.ts'
import { findingsOn, GOOD, lines, manifest } from '../support/agent.ts'

const SKILL = { id: 'code-review', name: 'Code review', description: 'Code review' }
const read = (raw: JsonObject) => {
  const before = JSON.stringify(raw)
  const { manifest: result, findings } = normalizeAgent(raw, 'agent.json')
  expect(JSON.stringify(raw)).toBe(before)
  return { result, found: findings.map(({ rule, pointer, hint }) => [rule, pointer?.join('.'), hint]) }
}

test('the current spelling is returned unchanged', () => {
  expect(normalizeAgent(GOOD, 'agent.json')).toEqual({ manifest: GOOD, findings: [] })
})

describe('the older layout', () => {
  test.each<[string, JsonObject, JsonObject, unknown[]]>([
    ['id', { id: 'a1' }, { agentId: 'a1' }, [['NOFX_ALIAS', 'id', 'write "agentId"']]],
    [
      'capabilities with labels',
      { capabilities: [{ id: 'cr', label: 'Code review', description: 'Reviews.' }] },
      { skills: [{ id: 'cr', name: 'Code review', description: 'Reviews.' }] },
      [
        ['NOFX_ALIAS', 'capabilities.0.label', 'write "skills[0].name"'],
        ['NOFX_ALIAS', 'capabilities', 'write "skills"'],
      ],
    ],
    [
      'a label alone',
      { capabilities: [{ label: 'Code review' }] },
      { skills: [SKILL] },
      [
        ['NOFX_ALIAS', 'capabilities.0.label', 'write "skills[0].name"'],
        ['NOFX_ALIAS', 'capabilities', 'write "skills"'],
      ],
    ],
    [
      'capabilities as names',
      { capabilities: ['code-review'] },
      { skills: [SKILL] },
      [
        ['NOFX_ALIAS', 'capabilities', 'write "skills"'],
        ['NOFX_ALIAS', 'skills.0', `write ${JSON.stringify(SKILL)}`],
      ],
    ],
    [
      'skills as names',
      { skills: ['code-review', 'Größe messen'] },
      { skills: [SKILL, { id: 'grosse-messen', name: 'Größe messen', description: 'Größe messen' }] },
      [
        ['NOFX_ALIAS', 'skills.0', `write ${JSON.stringify(SKILL)}`],
        ['NOFX_ALIAS', 'skills.1', expect.stringContaining('messen')],
      ],
    ],
    [
      'the entry prompt',
      { manifest: { entryPrompt: 'p.md' } },
      { prompts: { system: 'p.md' } },
      [['NOFX_ALIAS', 'manifest.entryPrompt', 'write "prompts.system"']],
    ],
    [
      'the entry prompt beside other prompts',
      { manifest: { entryPrompt: 'p.md' }, prompts: { help: 'h.md' } },
      { prompts: { help: 'h.md', system: 'p.md' } },
      [['NOFX_ALIAS', 'manifest.entryPrompt', 'write "prompts.system"']],
    ],
    [
      'the model’s name',
      { manifest: { model: 'opus' } },
      { model: { name: 'opus' } },
      [['NOFX_ALIAS', 'manifest.model', 'write "model": {"name":"opus"}']],
    ],
    [
      'the model',
      { manifest: { model: { name: 'opus' } } },
      { model: { name: 'opus' } },
      [['NOFX_ALIAS', 'manifest.model', 'write "model"']],
    ],
    [
      'the owner',
      { metadata: { owner: '@a', team: 'x' } },
      { owner: '@a', metadata: { team: 'x' } },
      [['NOFX_ALIAS', 'metadata.owner', 'write "owner"']],
    ],
    [
      'an older owner beside the current one, which stays ordinary metadata',
      { owner: '@a', metadata: { owner: '@b' } },
      { owner: '@a', metadata: { owner: '@b' } },
      [],
    ],
    ['a preset’s name', { resourceProfile: 'small' }, { resourceProfile: 'small' }, []],
    [
      'a preset’s name in capitals',
      { resourceProfile: 'Standard' },
      { resourceProfile: 'standard' },
      [['NOFX_ALIAS', 'resourceProfile', 'write "standard"']],
    ],
  ])('%s', (_, raw, result, found) => expect(read(raw)).toEqual({ result, found }))
})

describe('values that the two layouts give differently', () => {
  test.each<[string, JsonObject, JsonObject, string[]]>([
    ['the same id twice', { id: 'a1', agentId: 'a1' }, { agentId: 'a1' }, ['NOFX_ALIAS']],
    ['two ids', { id: 'a1', agentId: 'b1' }, { agentId: 'b1' }, ['NOFX_ALIAS_CONFLICT']],
    [
      'skills and capabilities',
      { skills: [SKILL], capabilities: [] },
      { skills: [SKILL] },
      ['NOFX_ALIAS_CONFLICT'],
    ],
    [
      'two system prompts',
      { manifest: { entryPrompt: 'a.md' }, prompts: { system: 'b.md' } },
      { prompts: { system: 'b.md' } },
      ['NOFX_ALIAS_CONFLICT'],
    ],
    [
      'two models',
      { manifest: { model: 'a' }, model: { name: 'b' } },
      { model: { name: 'b' } },
      ['NOFX_ALIAS_CONFLICT'],
    ],
    [
      'a label and a name',
      { capabilities: [{ id: 'cr', label: 'A', name: 'B', description: 'x' }] },
      { skills: [{ id: 'cr', name: 'B', description: 'x' }] },
      ['NOFX_ALIAS_CONFLICT', 'NOFX_ALIAS'],
    ],
  ])('%s', (_, raw, result, rules) => {
    const read = normalizeAgent(raw, 'agent.json')
    expect(read.manifest).toEqual(result)
    expect(read.findings.map(({ rule }) => rule)).toEqual(rules)
  })
})

describe('values without a place in the current layout', () => {
  test.each<[string, JsonObject, JsonObject]>([
    [
      'other fields of the key manifest',
      { manifest: { entryPrompt: 'p.md', icon: 'x' } },
      { prompts: { system: 'p.md' }, manifest: { icon: 'x' } },
    ],
    ['a manifest that is not an object', { manifest: 'x' }, { manifest: 'x' }],
    [
      'an entry prompt without a place',
      { manifest: { entryPrompt: 'p.md' }, prompts: 7 },
      { prompts: 7, manifest: { entryPrompt: 'p.md' } },
    ],
    ['capabilities that are not a list', { capabilities: 'x' }, { capabilities: 'x' }],
    ['capabilities of another shape', { capabilities: [7, { id: 'x' }] }, { skills: [7, { id: 'x' }] }],
  ])('stay for the schema to report: %s', (_, raw, result) => {
    expect(normalizeAgent(raw, 'agent.json').manifest).toEqual(result)
  })

  test('are reported', () => {
    const raw = manifest({ manifest: { entryPrompt: 'p.md', icon: 'x' } })
    expect(lines(findingsOn(raw, { 'p.md': 'x' }))).toEqual([
      'NOFX_ALIAS agent.json:manifest.entryPrompt',
      'NOFX_FIELD_UNKNOWN agent.json:manifest',
    ])
  })
})

test('an agent entirely in the older layout is read with warnings only', () => {
  const raw = {
    id: 'reviewer',
    name: 'Reviewer',
    description: 'Reviews changes.',
    owner: '@platform',
    capabilities: [{ id: 'code-review', label: 'Review' }],
    resourceProfile: 'Small',
    manifest: { entryPrompt: 'prompts/system.md', model: 'opus' },
  }
  const found = findingsOn(raw, { 'prompts/system.md': 'You review.' })
  expect(new Set(found.map(({ rule, severity }) => `${severity} ${rule}`))).toEqual(
    new Set(['warning NOFX_ALIAS']),
  )
  expect(found).toHaveLength(6)
})
