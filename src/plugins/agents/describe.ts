import { describeIdentity } from '../../contract/fields/describe-identity.ts'
import { resolveResources } from '../../contract/fields/resources.ts'
import type { Description } from '../../contract/kind.ts'
import { readMcp } from './manifest/mcp.ts'
import type { AgentDefinition } from './manifest/schema.ts'

/** The description of an agent for lists. */
export function describeAgent(definition: AgentDefinition): Description {
  const { manifest } = definition
  const skills = manifest.skills ?? []
  const { model } = manifest
  return {
    ...describeIdentity(manifest),
    provides: skills.map(({ id }) => id),
    facts: {
      ...(model === undefined
        ? {}
        : { model: model.provider ? `${model.provider}/${model.name}` : model.name }),
      skills: skills.map(({ id, name }) => ({ id, name })),
      mcpServers: readMcp(definition).servers.map(([name]) => name),
      resourceProfile: resolveResources(manifest.resourceProfile),
    },
  }
}
