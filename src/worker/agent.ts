import type { JsonObject } from '../contract/kind.ts'
import { parseJson } from '../contract/manifest/json-text.ts'
import type { LiveState, WorkerRevision } from './connection/definition.ts'
import type { Staleness } from './definitions/entry.ts'
import { type AgentPrompt, promptsOf } from './prompts.ts'

/** A published definition at one version. */
export interface Published {
  id: string
  version: number
  /** Of its content: the same digest is the same content. */
  digest: string
  state: LiveState
  /** In today's spelling. */
  manifest: JsonObject
  /** Every file that is text, by path; what is in `assets/` is not among them. */
  texts: Readonly<Record<string, string>>
  staleness: Staleness
}

export type Template = Published

export interface Agent extends Published {
  /** By id; `system` is the one that every run starts with. */
  prompts: Readonly<Record<string, AgentPrompt>>
  /** Its MCP servers as they were published, with the names of secrets and no values; undefined when it has none. */
  mcp: { mcpServers: Record<string, unknown> } | undefined
}

/** Why there is nothing to run. `unavailable`: nobody can be asked and nothing is known; try again. */
export type Reason = 'removed' | 'disabled' | 'withdrawn' | 'not-found' | 'unavailable'

/** There is nothing to run; `message` says so to people. `staleness` is there when it was known, not just asked. */
export interface Refused {
  ok: false
  reason: Reason
  message: string
  staleness?: Staleness
}

export type AgentAnswer = { ok: true; agent: Agent } | Refused
export type TemplateAnswer = { ok: true; template: Template } | Refused

/** Levels of nesting in an MCP file, as in a manifest. */
const LIMITS = { depth: 32 }

export function toPublished(revision: WorkerRevision, staleness: Staleness): Published {
  const { id, version, digest, state, manifest, texts } = revision
  return { id, version, digest, state: state as LiveState, manifest, texts, staleness }
}

export function toAgent(revision: WorkerRevision, staleness: Staleness): Agent {
  return { ...toPublished(revision, staleness), prompts: promptsOf(revision), mcp: mcpOf(revision) }
}

/** The MCP servers of a revision as they were published, inline or from the file that its manifest names. */
export function mcpOf({ manifest, texts }: Pick<WorkerRevision, 'manifest' | 'texts'>): Agent['mcp'] {
  const { mcp } = manifest
  if (typeof mcp !== 'string') return mcp as Agent['mcp']
  return parseJson(texts[mcp] ?? '', mcp, LIMITS).value as Agent['mcp']
}

const WHY: Record<Reason, string> = {
  removed: 'was removed from the registry',
  disabled: 'is disabled',
  withdrawn: 'was withdrawn from the registry in this version: no copy of it may be used',
  'not-found': 'is not in the registry, or this key may not see it',
  unavailable: 'is not known here, and the registry cannot be reached',
}

export function refused(kind: string, id: string, reason: Reason, staleness?: Staleness): Refused {
  return { ok: false, reason, message: `${kind}/${id} ${WHY[reason]}`, ...(staleness ? { staleness } : {}) }
}
