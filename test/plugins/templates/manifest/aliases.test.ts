import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../../src/contract/kind.ts'
import { normalizeTemplate } from '../../../../src/plugins/templates/manifest/aliases.ts'
import { check, findingsOn, GOOD, manifest } from '../support/template.ts'

const STEPS = { steps: [{ id: 'a', agentId: 'worker' }] }
const read = (raw: JsonObject) => {
  const before = JSON.stringify(raw)
  const { manifest: result, findings } = normalizeTemplate(raw, 'template.json')
  expect(JSON.stringify(raw)).toBe(before)
  return { result, found: findings.map(({ rule, pointer, hint }) => [rule, pointer?.join('.'), hint]) }
}

test('the current spelling is returned unchanged', () => {
  const today = { ...GOOD, metadata: { agents: ['free', 'room'] } }
  expect(normalizeTemplate(today, 'template.json')).toEqual({ manifest: today, findings: [] })
})

describe('the older layout', () => {
  test.each<[string, JsonObject, JsonObject, unknown[]]>([
    ['id', { id: 'a1' }, { templateId: 'a1' }, [['NOFX_ALIAS', 'id', 'write "templateId"']]],
    [
      'a plan in a file',
      { content: { versionFile: 'plan.json' } },
      { defaultPlan: 'plan.json' },
      [['NOFX_ALIAS', 'content.versionFile', 'write "defaultPlan"']],
    ],
    [
      'an inline plan',
      { content: { versionFile: STEPS } },
      { defaultPlan: STEPS },
      [['NOFX_ALIAS', 'content.versionFile', 'write "defaultPlan"']],
    ],
    [
      'inline steps',
      { content: { versionFile: STEPS.steps } },
      { defaultPlan: STEPS },
      [['NOFX_ALIAS', 'content.versionFile', 'write "defaultPlan"']],
    ],
    [
      'agents in metadata',
      { metadata: { agents: ['worker'], team: 'x' } },
      { metadata: { team: 'x' }, supportedAgents: ['worker'] },
      [['NOFX_ALIAS', 'metadata.agents', 'write "supportedAgents"']],
    ],
    [
      'only agents in metadata',
      { metadata: { agents: ['worker'] } },
      { supportedAgents: ['worker'] },
      [['NOFX_ALIAS', 'metadata.agents', 'write "supportedAgents"']],
    ],
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
    ['the same id twice', { id: 'a1', templateId: 'a1' }, { templateId: 'a1' }, ['NOFX_ALIAS']],
    ['two ids', { id: 'a1', templateId: 'b1' }, { templateId: 'b1' }, ['NOFX_ALIAS_CONFLICT']],
    [
      'two plans',
      { content: { versionFile: 'a.json' }, defaultPlan: 'b.json' },
      { defaultPlan: 'b.json' },
      ['NOFX_ALIAS_CONFLICT'],
    ],
  ])('%s', (_, raw, result, rules) => {
    const { manifest: read, findings } = normalizeTemplate(raw, 'template.json')
    expect(read).toEqual(result)
    expect(findings.map(({ rule }) => rule)).toEqual(rules)
  })
})

describe('values without a place in the current layout', () => {
  test.each<[string, JsonObject, string[]]>([
    [
      'other fields of content',
      manifest({ defaultPlan: undefined, content: { versionFile: GOOD.defaultPlan, icon: 'x' } }),
      ['ALIAS content.versionFile', 'FIELD_UNKNOWN content'],
    ],
    ['content without a plan', manifest({ content: { icon: 'x' } }), ['FIELD_UNKNOWN content']],
    ['content that is not an object', manifest({ content: 'x' }), ['FIELD_UNKNOWN content']],
    [
      'agents of another shape',
      manifest({ supportedAgents: undefined, metadata: { agents: 'worker' } }),
      ['ALIAS metadata.agents', 'FIELD_TYPE supportedAgents'],
    ],
    ['a field that only the registry sets', manifest({ promptHash: 'x' }), ['RESERVED_FIELD promptHash']],
  ])('are reported: %s', (_, raw, expected) => expect(check(raw)).toEqual(expected))
})

test('a template entirely in the older layout is read with warnings only', () => {
  const { templateId, defaultPlan, supportedAgents, ...rest } = GOOD
  const raw = {
    ...rest,
    id: templateId,
    content: { versionFile: 'versions/1.json' },
    metadata: { agents: supportedAgents },
    resourceProfile: 'Standard',
  }
  const found = findingsOn(raw, { 'versions/1.json': JSON.stringify(defaultPlan) })
  expect(found.map(({ severity, rule }) => `${severity} ${rule}`)).toEqual(
    Array(4).fill('warning NOFX_ALIAS'),
  )
})
