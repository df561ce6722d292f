import type { JsonObject } from '../contract/kind.ts'
import { parseJson } from '../contract/manifest/json-text.ts'
import { nameOf } from '../contract/name.ts'
import { usualMcp } from '../plugins/agents/manifest/mcp-forms.ts'
import type { AgentManifest, AgentMcp } from './agent-manifest.ts'
import type { LiveState, WorkerRevision } from './connection/definition.ts'
import type { Pin } from './connection/read-registry.ts'
import type { Staleness } from './definitions/entry.ts'
import { type AgentPrompts, collectPrompts } from './prompts.ts'

/** A published definition at one version. */
export interface Published<Manifest = JsonObject> {
  id: string
  version: number
  /** Digest of the content: equal digests mean equal content. */
  digest: string
  state: LiveState
  /** The manifest, with renamed fields under their current names. */
  manifest: Manifest
  /** Every text file, by path; files in `assets/` are left out. */
  texts: Readonly<Record<string, string>>
  staleness: Staleness
}

export type Template = Published

export interface Agent extends Published<AgentManifest> {
  /** Prompts by id; every run starts with `system`. */
  prompts: AgentPrompts
  /** The agent's MCP servers as published, with names of secrets and without values; undefined when it has none. */
  mcp: AgentMcp | undefined
}

/**
 * Why a definition cannot be run. `unavailable`: the registry cannot be reached and nothing is known; try again later.
 */
export type Reason = 'removed' | 'disabled' | 'withdrawn' | 'not-found' | 'unavailable'

/**
 * The answer for a definition that cannot be run; `message` is the reason for people.
 * `staleness` is missing for a pinned version, and when nothing is known.
 */
export interface Refused {
  ok: false
  reason: Reason
  message: string
  staleness?: Staleness
}

export type AgentAnswer = { ok: true; agent: Agent } | Refused
export type TemplateAnswer = { ok: true; template: Template } | Refused
export type DefinitionAnswer = { ok: true; definition: Published } | Refused

/** Levels of nesting allowed in an MCP file, as in a manifest. */
const LIMITS = { depth: 32 }

export function toPublished(revision: WorkerRevision, staleness: Staleness): Published {
  const { id, version, digest, state, manifest, texts } = revision
  return { id, version, digest, state: state as LiveState, manifest, texts, staleness }
}

export function toAgent(revision: WorkerRevision, staleness: Staleness): Agent {
  const { manifest, ...published } = toPublished(revision, staleness)
  const prompts = collectPrompts(revision)
  // The registry has checked the manifest's shape before it was published.
  return { ...published, manifest: manifest as unknown as AgentManifest, prompts, mcp: readMcp(revision) }
}

/** The MCP servers of a revision as published, inline or from the file that its manifest names. */
export function readMcp({
  manifest,
  texts,
}: Pick<WorkerRevision, 'texts'> & { manifest: { mcp?: unknown } }): Agent['mcp'] {
  const { mcp } = manifest
  if (typeof mcp !== 'string') return mcp as Agent['mcp']
  const { value } = parseJson(texts[mcp] ?? '', mcp, LIMITS)
  return usualMcp(value, mcp).value as Agent['mcp']
}

const WHY: Record<Reason, string> = {
  removed: 'was removed from the registry',
  disabled: 'is disabled',
  withdrawn: 'was withdrawn from the registry in this version: no copy of it may be used',
  'not-found': 'is not in the registry, or this key may not see it',
  unavailable: 'is not known here, and the registry cannot be reached',
}

/** The answer for a fixed version or digest, which may be missing although the definition exists. */
export function refusedPin(kind: string, id: string, { version, digest }: Pin, reason: Reason): Refused {
  const answer = refused(kind, id, reason)
  if (reason !== 'not-found') return answer
  const what = version === undefined ? `the digest ${digest?.slice(0, 12)}` : `version ${version}`
  return { ...answer, message: `${what} of ${answer.message}` }
}

export function refused(kind: string, id: string, reason: Reason, staleness?: Staleness): Refused {
  return {
    ok: false,
    reason,
    message: `${nameOf({ kind, id })} ${WHY[reason]}`,
    ...(staleness ? { staleness } : {}),
  }
}
