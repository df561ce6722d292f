import type { JsonObject } from '../../contract/kind.ts'
import { findGroup, GROUPS, type Group, withoutRule } from './tool-groups.ts'

/** An agent as a file of Claude Code, with what the file cannot say; or why there is no such file. */
export type ExportedAgent = { text: string; lost: string[] } | { refused: string }

/** The tools that a permission gives where the import did not record the source's own list. */
const DEFAULT_TOOLS: Record<Group, readonly string[]> = {
  read: ['Read', 'Glob', 'Grep'],
  write: ['Edit', 'Write'],
  shell: ['Bash'],
  network: ['WebFetch', 'WebSearch'],
}

/** Fields of a manifest that have no equal in the file. */
const LOST = ['mcp', 'inputSchema', 'outputSchema', 'dependencies', 'resourceProfile', 'evals', 'deprecation']

/**
 * The file of an agent, as `nofx import claude` reads it. The tools are never wider than the permissions of the manifest,
 * whatever list the import recorded.
 */
export function exportAgent(id: string, manifest: JsonObject, prompt: string): ExportedAgent {
  const tools = listTools(manifest)
  // Claude Code gives every tool to an agent without a list.
  if (tools.length === 0) return { refused: 'its permissions give it no tool of Claude Code' }
  const kept = readKept(manifest)
  const model = (manifest.model ?? {}) as { provider?: unknown; name?: unknown }
  const hasModel = typeof model.name === 'string' && model.provider === 'anthropic'
  const fields: [name: string, value: unknown][] = [
    ['name', id],
    ['description', manifest.description],
    ['tools', tools.join(', ')],
    ['disallowedTools', kept.disallowedTools],
    ['model', hasModel ? model.name : undefined],
    ['color', kept.color],
  ]
  const lines = fields.flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${JSON.stringify(value)}`],
  )
  return {
    text: `---\n${lines.join('\n')}\n---\n${unescapeVariables(prompt)}`,
    lost: listLost(manifest, hasModel, prompt),
  }
}

/** Undoes what the import does to braces; the braces of a variable stay as they are. */
export function unescapeVariables(prompt: string): string {
  return prompt.replace(/\\(\\?\{\{)/g, '$1')
}

function readKept(manifest: JsonObject): JsonObject {
  const { import: origin } = (manifest.metadata ?? {}) as { import?: { kept?: unknown } }
  return typeof origin?.kept === 'object' && origin.kept !== null ? (origin.kept as JsonObject) : {}
}

function listTools(manifest: JsonObject): string[] {
  const grants = new Set(findGroups((manifest.permissions ?? {}) as JsonObject))
  const recorded = splitTools(readKept(manifest).tools).filter((tool) => {
    const group = findGroup(withoutRule(tool))
    return group !== undefined && group !== 'none' && grants.has(group)
  })
  const covered = new Set(recorded.map((tool) => findGroup(withoutRule(tool))))
  const more = GROUPS.filter((group) => grants.has(group) && !covered.has(group)).flatMap(
    (group) => DEFAULT_TOOLS[group],
  )
  return [...new Set([...recorded, ...more])]
}

/** A network that is limited to hosts has no equal, so it gives no tool. */
function findGroups({ filesystem, shell, network, hosts }: JsonObject): Group[] {
  const everyHost = Array.isArray(hosts) && hosts.includes('*')
  return GROUPS.filter(
    (group) =>
      (group === 'read' && (filesystem === 'read' || filesystem === 'write')) ||
      (group === 'write' && filesystem === 'write') ||
      (group === 'shell' && shell === true) ||
      (group === 'network' && network === true && everyHost),
  )
}

/** `Read, Bash(git log:*, git diff:*)` as two tools. */
function splitTools(tools: unknown): string[] {
  const texts = Array.isArray(tools) ? tools.map(String) : typeof tools === 'string' ? [tools] : []
  return texts.flatMap((text) => text.match(/[^\s,()]+(?:\([^)]*\))?/g) ?? [])
}

function listLost(manifest: JsonObject, hasModel: boolean, prompt: string): string[] {
  const prompts = Object.keys((manifest.prompts ?? {}) as JsonObject).filter((name) => name !== 'system')
  const { hosts } = (manifest.permissions ?? {}) as JsonObject
  return [
    ...LOST.filter((field) => manifest[field] !== undefined),
    ...(manifest.model !== undefined && !hasModel ? ['model'] : []),
    ...prompts.map((name) => `prompts.${name}`),
    ...(Array.isArray(hosts) && hosts.length > 0 && !hosts.includes('*') ? ['permissions.hosts'] : []),
    ...(/(?<!\\)\{\{\s*[A-Za-z_]\w*\s*\}\}/.test(prompt) ? ['variables of the prompt'] : []),
  ]
}
