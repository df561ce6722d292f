import { expect, test } from 'vitest'
import { buildState } from '../../../src/core/diff/compare.ts'
import type { Revision } from '../../../src/core/registry/revision.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'

const manifest = { agentId: 'reviewer', model: 'fast' }
const stored = (texts: Record<string, string>, edited: object) =>
  ({ kind: 'agents', id: 'reviewer', manifest: edited, texts, files: [] }) as unknown as Revision

test.each([{}, { ...manifest, model: 'slow' }, { ...manifest, mcp: { mcpServers: {} } }])(
  'a stored revision has the content of its own text, although its row contains %j',
  (edited) => {
    const texts = { 'agent.json': JSON.stringify(manifest) }
    expect(buildState(stored(texts, edited), agents).manifest).toEqual(manifest)
  },
)

test.each<Record<string, string>>([{}, { 'agent.json': '[' }, { 'agent.json': '[]' }])(
  '%j are not the texts of an agent',
  (texts) => {
    expect(() => buildState(stored(texts, manifest), agents)).toThrow(/field "texts" of agents\/reviewer/)
  },
)
