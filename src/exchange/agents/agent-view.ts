import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { readMcp } from '../../plugins/agents/manifest/mcp.ts'
import type { CheckedMcpServer } from '../../plugins/agents/manifest/mcp-schema.ts'
import { fillVariables, variablesIn } from '../../plugins/agents/manifest/prompt-variables.ts'
import type { AgentDefinition, CheckedAgentManifest } from '../../plugins/agents/manifest/schema.ts'
import { computePowers, type Powers } from '../clients/powers.ts'
import type { ExportItem } from '../contract/format.ts'
import { isRemote } from '../servers/server-clients.ts'

/** An agent as the writers need it. */
export interface AgentView {
  definitionName: Named
  manifest: CheckedAgentManifest
  /** The system prompt: variables with a default have it, others stay as they are written. */
  body: string
  /** Whether the system prompt has variables. */
  hasVariables: boolean
  /** The file of the system prompt. */
  promptFile?: string
  servers: readonly (readonly [string, CheckedMcpServer])[]
  powers: Powers
  /** What an import from the named format kept; undefined for an agent that was not imported from it. */
  keptFields?: JsonObject
  /** The other files of the definition: nothing in a client has a place for them. */
  otherFiles: readonly string[]
}

/**
 * Looks at an agent for one format.
 * @param importIds the ids under which imports from that format are recorded
 */
export function viewAgent(item: ExportItem, importIds: readonly string[]): AgentView {
  const definition = item.definition as AgentDefinition
  const { manifest } = definition
  const { servers } = readMcp(definition)
  const system = manifest.prompts?.system
  const promptFile = typeof system === 'string' ? system : system?.path
  const text = (promptFile !== undefined ? definition.texts.get(promptFile) : undefined) ?? ''
  const handledPaths = new Set([definition.manifestPath.split('/').at(-1), promptFile, manifest.mcp])
  return {
    definitionName: { kind: definition.kind, id: definition.id },
    manifest,
    body: fillVariables(text, (name) => findDefault(system, name) ?? `{{${name}}}`),
    hasVariables: variablesIn(text).size > 0,
    promptFile,
    servers,
    powers: computePowers(manifest.permissions, hostsOf(servers)),
    keptFields: keptFor(item, importIds),
    otherFiles: definition.files.map(({ path }) => path).filter((path) => !handledPaths.has(path)),
  }
}

/** The name of an agent's definition, for a ledger. */
export function sourceOf({ definitionName }: AgentView): string {
  return nameOf(definitionName)
}

function findDefault(
  prompt: NonNullable<CheckedAgentManifest['prompts']>[string] | undefined,
  name: string,
): string | undefined {
  if (typeof prompt !== 'object') return undefined
  for (const variable of prompt.variables ?? [])
    if (typeof variable === 'object' && variable.name === name) return variable.default
  return undefined
}

function hostsOf(servers: AgentView['servers']): string[] {
  return servers.flatMap(([, server]) =>
    isRemote(server) && URL.canParse(server.url) ? new URL(server.url).hostname : [],
  )
}

/** What an import kept, in the manifest or in the asset that the manifest names. */
function keptFor({ definition, asset }: ExportItem, importIds: readonly string[]): JsonObject | undefined {
  const record = (definition.manifest as CheckedAgentManifest).metadata?.import
  if (!isObject(record) || !importIds.includes(String(record.format))) return undefined
  if (record.kept === undefined) return {}
  if (!isObject(record.kept)) return undefined
  const names = Object.keys(record.kept)
  const { file } = record.kept
  if (names.length !== 1 || typeof file !== 'string' || !file.startsWith('assets/')) return record.kept
  return parse(asset(file)) ?? record.kept
}

function parse(bytes: Uint8Array | undefined): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes))
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
