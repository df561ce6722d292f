import { expect, test } from 'vitest'
import * as yaml from 'yaml'
import { provenManifest } from '../../../src/contract/manifest/proven-manifest.ts'
import type { YamlLibrary } from '../../../src/contract/manifest/yaml-text.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'

const never = (): YamlLibrary => {
  throw new Error('the library was loaded')
}
const proven = (texts: Record<string, string>, load = never) => provenManifest(texts, agents, load)

test('the manifest is what its own text says', () => {
  expect(proven({ 'agent.json': '{"agentId":"one"}', 'prompts/a.md': '{}' })).toEqual({ agentId: 'one' })
})

test('a manifest in YAML is read when there is no JSON, and only then is the library loaded', () => {
  const texts = { 'agent.yaml': 'agentId: one\n' }
  expect(proven(texts, () => yaml as unknown as YamlLibrary)).toEqual({ agentId: 'one' })
  expect(proven({ ...texts, 'agent.json': '{"agentId":"two"}' })).toEqual({ agentId: 'two' })
})

test('an older spelling is read as today’s', () => {
  const today = proven({ 'agent.json': '{"id":"one"}' })
  expect(today).toEqual(agents.normalize?.({ id: 'one' }, 'agent.json').manifest)
})

test.each([
  ['no manifest', {}],
  ['a manifest in a folder', { 'sub/agent.json': '{}' }],
  ['text that is not JSON', { 'agent.json': '{' }],
  ['a list', { 'agent.json': '[]' }],
  ['null', { 'agent.json': 'null' }],
  ['JSON that is nested too deep', { 'agent.json': `{"a":${'['.repeat(200)}${']'.repeat(200)}}` }],
  ['a manifest that only its prototype has', Object.create({ 'agent.json': '{}' })],
])('%s proves nothing', (_what, texts) => expect(proven(texts)).toBeUndefined())
