import * as z from 'zod'
import { agentReference, definitionReference } from '../../../contract/fields/definition-reference.ts'
import { definitionId } from '../../../contract/fields/id.ts'
import { identityFields, title } from '../../../contract/fields/identity.ts'
import { compatibility, deprecationSchema } from '../../../contract/fields/lifecycle.ts'
import { relativePath } from '../../../contract/fields/relative-path.ts'
import { resourceProfile } from '../../../contract/fields/resources.ts'
import { about, fields, list, maybe, number, text, whole } from '../../../contract/fields/shape.ts'
import type { Definition } from '../../../contract/kind.ts'
import { schemaUrl } from '../../../contract/manifest/json-schema.ts'
import { mcpConfig, secretName } from './mcp-schema.ts'

const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/
const HOST_PATTERN = /^(?:\*|(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])$/

const mode = text({
  max: 128,
  pattern: /^[a-z0-9.+-]+(?:\/[a-z0-9.+*-]+)?$/,
  must: 'must be a media type such as "text/plain"',
})

const skill = z.strictObject({
  id: about(
    'The id that templates ask for; unique in the agent, ignoring case.',
    text({
      min: 2,
      max: 64,
      pattern: /^[A-Za-z][A-Za-z0-9]*(?:[._-][A-Za-z0-9]+)*$/,
      must: 'must be words joined by "-", "_" or "."',
    }),
  ),
  name: title('Display name.'),
  description: about('What it does.', text({ min: 1, max: 1024 })),
  tags: maybe('Words to find the skill by.', list(text({ min: 1, max: 64 }), 20)),
  examples: maybe('Example requests for the skill.', list(text({ min: 1, max: 1024 }), 20)),
  inputModes: maybe('Media types that the skill reads.', list(mode, 20)),
  outputModes: maybe('Media types that the skill writes.', list(mode, 20)),
})

const model = fields(() => ({
  provider: maybe('The provider of the model.', text({ min: 1, max: 64 })),
  name: about('The model’s name, as its provider spells it.', text({ min: 1, max: 128 })),
  params: maybe(
    'Parameters of each call to the model; parameters of the provider may be added.',
    z.looseObject({ temperature: z.optional(number(0, 2)), maxOutputTokens: z.optional(whole(1)) }),
  ),
}))

const variableName = text({ max: 64, pattern: VARIABLE, must: 'must be a name such as "ticket_id"' })

const prompt = z.union([
  relativePath,
  fields(() => ({
    path: relativePath,
    role: maybe('The role of the message.', z.enum(['system', 'user', 'assistant'])),
    variables: maybe(
      'All {{variables}} of the file.',
      list(
        z.union([
          variableName,
          fields(() => ({
            name: variableName,
            description: z.optional(text({ max: 1024 })),
            default: maybe('The value when a run gives none.', text({ max: 4096 })),
          })),
        ]),
        100,
      ),
    ),
  })),
])

const permissions = fields(() => ({
  network: maybe('Whether the agent may connect to "hosts"; false by default.', z.boolean()),
  hosts: maybe(
    'The hosts that the agent may reach, including those of its MCP servers. "*" is every host.',
    list(
      text({
        max: 253,
        pattern: HOST_PATTERN,
        must: 'must be a host such as "api.example.com" or "*.example.com"',
      }),
      100,
    ),
  ),
  filesystem: maybe('"none" by default; "write" includes reading.', z.enum(['none', 'read', 'write'])),
  shell: maybe('Whether the agent may run commands; false by default.', z.boolean()),
  secrets: maybe('Names of the secrets that the agent gets; never their values.', list(secretName, 100)),
}))

const dependencies = fields(() => ({
  agents: maybe('Agents that must be live: "id" or "id@^1".', list(agentReference, 100)),
  skills: maybe(
    'Skills of the registry that must be live, and that the agent works with: "id" or "id@^1".',
    list(definitionReference, 100),
  ),
  packages: maybe(
    'Packages at an exact version: "npm:zod@4.1.0", "pypi:httpx==0.27.0".',
    list(text({ max: 256, pattern: /^\S+$/, must: 'must not contain spaces' }), 100),
  ),
}))

const evals = fields(() => ({
  suite: relativePath,
  minPassRate: maybe('Share of cases that must pass.', number(0, 1)),
}))

const jsonSchema = z.record(z.string(), z.unknown())

/**
 * Shape of `agent.json` in the current spelling. Defaults are applied where a value is used: an absent field stays
 * absent.
 */
export const agentSchema = z.strictObject({
  $schema: maybe('This schema, for editors.', z.literal(schemaUrl('agents'))),
  agentId: definitionId,
  ...identityFields,
  skills: maybe('What the agent can do. At least one skill unless the status is "draft".', list(skill, 100)),
  model: maybe('The model that the agent was made for.', model),
  prompts: maybe('Prompt files by id; every run starts with "system".', z.record(definitionId, prompt)),
  mcp: maybe('MCP servers: a file such as "mcp.json", or inline.', z.union([relativePath, mcpConfig])),
  resourceProfile: maybe('The resources of a run; "standard" by default.', resourceProfile),
  permissions: maybe('What the agent may do. All other access is denied.', permissions),
  inputSchema: maybe('JSON Schema 2020-12 of the input.', jsonSchema),
  outputSchema: maybe('JSON Schema 2020-12 of the output.', jsonSchema),
  dependencies: maybe('What the agent needs to work.', dependencies),
  compatibility: maybe('What the runtime must provide.', compatibility),
  deprecation: maybe('Required when status is "deprecated".', deprecationSchema('agent')),
  evals: maybe('The evaluation of the agent.', evals),
})

export type CheckedAgentManifest = z.output<typeof agentSchema>
export type AgentDefinition = Definition<CheckedAgentManifest>
export type Prompt = z.output<typeof prompt>
export type Permissions = z.output<typeof permissions>
