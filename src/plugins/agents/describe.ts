import { resolveResources } from '../../core/contract/fields/resources.ts'
import type { Description } from '../../core/kind.ts'
import { readMcp } from './mcp.ts'
import type { AgentDefinition } from './schema.ts'

const SUMMARY = 300

/** What lists show of an agent. */
export function describeAgent(item: AgentDefinition): Description {
  const { manifest } = item
  const skills = manifest.skills ?? []
  const { model } = manifest
  return {
    name: manifest.name,
    summary: shorten(manifest.description),
    status: manifest.status ?? 'active',
    ...(manifest.version === undefined ? {} : { version: manifest.version }),
    ...(manifest.owner === undefined ? {} : { owner: manifest.owner }),
    tags: manifest.tags ?? [],
    provides: skills.map(({ id }) => id),
    facts: {
      ...(model === undefined
        ? {}
        : { model: model.provider ? `${model.provider}/${model.name}` : model.name }),
      skills: skills.map(({ id, name }) => ({ id, name })),
      mcpServers: readMcp(item).servers.map(([name]) => name),
      resourceProfile: resolveResources(manifest.resourceProfile),
    },
  }
}

/** Cuts by code points, so that no character is halved. */
function shorten(text: string): string {
  if (text.length <= SUMMARY) return text
  const points = [...text]
  return points.length <= SUMMARY ? text : `${points.slice(0, SUMMARY - 1).join('')}…`
}
