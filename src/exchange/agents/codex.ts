import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { isWithin, NO_POWERS } from '../clients/powers.ts'
import { isFull, levelPowers } from '../clients/sandbox.ts'
import type { ExchangeFormat, ExportItem, FieldRow, WriteOptions } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { writeKinds } from '../contract/write-kinds.ts'
import { serverRows } from '../servers/server-clients.ts'
import { writeServers } from '../servers/write-servers.ts'
import { SKILL_READ_ROWS } from '../skills/read-rows.ts'
import { SKILL_PLACE, SKILL_ROWS, writeSkills } from '../skills/write-skills.ts'
import { toToml } from '../texts/toml.ts'
import { AGENT_ROWS, SHARED_ROWS } from './agent-rows.ts'
import { type AgentView, sourceOf, viewAgent } from './agent-view.ts'
import { fullDescription } from './full-description.ts'
import { type KeptForm, restoreFields } from './kept-fields.ts'
import { LEVEL_ROWS, levelRows } from './level-rows.ts'
import { noteModel, notePermissions, noteShared } from './note-agent.ts'
import { READ_ROWS } from './read-rows.ts'
import { mapServers } from './server-map.ts'
import { type WrittenAgent, writeEach } from './write-each.ts'

const ROWS = {
  id: { field: 'agentId', outcome: 'mapped', reason: 'name, and the name of the file' },
  effort: { field: 'model.params.reasoningEffort', outcome: 'mapped', reason: 'model_reasoning_effort' },
  blank: {
    field: 'prompts.system',
    outcome: 'approximated',
    reason: 'the description stands in for an empty prompt, which the client refuses',
  },
} as const satisfies Record<string, FieldRow>

/** What limits an agent, written from its permissions and servers. */
const SETTINGS = ['sandbox_mode', 'web_search', 'sandbox_workspace_write', 'mcp_servers']

const TEXTS = ['model_reasoning_effort', 'model_reasoning_summary', 'model_verbosity', 'approval_policy']

const KEPT_FORM: KeptForm = {
  writerFields: ['descriptionRest', ...SETTINGS],
  isEffect: (name) => ['skills', 'approval_policy'].includes(name),
  // The client ignores a file with a key that it does not know, or with a value of another type.
  accepts: (name, value) =>
    (TEXTS.includes(name) && typeof value === 'string') ||
    (name === 'nickname_candidates' &&
      Array.isArray(value) &&
      value.every((one) => typeof one === 'string')) ||
    (name === 'skills' && isObject(value)),
}

/** Custom agents of Codex: TOML in `agents/`. */
export const codex: ExchangeFormat = {
  id: 'codex',
  title: 'OpenAI Codex',
  kinds: ['agents', 'skills'],
  places: ['agents/<id>.toml', SKILL_PLACE],
  limits: [
    { field: 'prompts.system', rule: 'not blank' },
    { field: '*', rule: 'a file with an unknown key is not loaded' },
  ],
  writes: [
    ...Object.values(ROWS),
    AGENT_ROWS.title,
    AGENT_ROWS.model,
    AGENT_ROWS.provider,
    AGENT_ROWS.otherModel,
    AGENT_ROWS.params,
    ...Object.values(LEVEL_ROWS),
    AGENT_ROWS.network,
    AGENT_ROWS.hosts,
    AGENT_ROWS.lostHosts,
    AGENT_ROWS.secrets,
    AGENT_ROWS.lostSecrets,
    AGENT_ROWS.kept,
    AGENT_ROWS.keptEffect,
    ...serverRows('codex', false),
    ...SHARED_ROWS,
    ...SKILL_ROWS,
  ],
  reads: [...READ_ROWS.codex, ...SKILL_READ_ROWS],
  write: writeKinds({ agents: writeEach(writeAgent), skills: writeSkills(false) }),
}

function writeAgent(item: ExportItem, { allowEffects }: WriteOptions): WrittenAgent {
  const view = viewAgent(item, ['codex'])
  const { definitionName, powers } = view
  const page = new LedgerPage(sourceOf(view))
  const isEvery = powers.hosts.includes('*')
  page.note(ROWS.id)
  page.note(AGENT_ROWS.title)
  noteShared(page, view)
  notePermissions(page, view, isEvery ? ['*'] : [], levelRows(powers))
  const model = noteModel(page, view, (provider) => provider === 'openai', {
    reasoningEffort: ROWS.effort,
  })
  const effort = view.manifest.model?.params?.reasoningEffort
  const servers = writeServers(view.servers, 'codex', page, false)
  const description = fullDescription(page, view)
  const fields: JsonObject = {
    name: definitionName.id,
    description,
    model,
    model_reasoning_effort: model !== undefined && typeof effort === 'string' ? effort : undefined,
    ...writeSandbox(view, isEvery),
    developer_instructions: writeBody(page, view, description),
    ...restoreFields(page, view, KEPT_FORM, allowEffects),
    mcp_servers: mapServers(servers),
  }
  if (allowEffects && isUnchanged(view)) restoreSettings(page, view, fields)
  else for (const name of SETTINGS) noteUnused(page, view, name)
  const file = { path: `agents/${definitionName.id}.toml`, content: toToml(fields), from: [definitionName] }
  return { file, page, findings: [] }
}

/** The level of the sandbox. A person's own settings may open the network to every sandbox that writes. */
function writeSandbox({ powers }: AgentView, isEvery: boolean): JsonObject {
  return {
    sandbox_mode: isFull(powers) ? 'workspace-write' : 'read-only',
    web_search: isEvery ? 'live' : 'disabled',
    sandbox_workspace_write: isFull(powers) && !isEvery ? { network_access: false } : undefined,
  }
}

/** Whether the permissions are still those that an import makes of the settings that it kept. */
function isUnchanged({ keptFields, powers }: AgentView): boolean {
  if (!keptFields) return false
  const { sandbox_mode: sandbox, web_search: web } = keptFields
  const isLevel = sandbox === 'read-only' || sandbox === 'workspace-write'
  const before = isLevel
    ? levelPowers(sandbox === 'workspace-write', web === 'live' || web === true)
    : NO_POWERS
  return isWithin(before, powers) && isWithin(powers, before)
}

/** The settings as the source has them; one that it lacks is the client's to choose. */
function restoreSettings(page: LedgerPage, { keptFields = {} }: AgentView, fields: JsonObject): void {
  for (const name of SETTINGS) {
    if (keptFields[name] !== undefined || name !== 'mcp_servers') fields[name] = keptFields[name]
    if (keptFields[name] !== undefined) page.note(AGENT_ROWS.kept, `metadata.import.kept.${name}`)
  }
}

function noteUnused(page: LedgerPage, { keptFields }: AgentView, name: string): void {
  if (keptFields?.[name] !== undefined) page.note(AGENT_ROWS.keptEffect, `metadata.import.kept.${name}`)
}

function writeBody(page: LedgerPage, { body }: AgentView, description: string): string {
  if (body.trim() !== '') return body
  page.note(ROWS.blank)
  return description
}
