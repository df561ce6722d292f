import type { JsonObject } from '../../contract/kind.ts'
import { writableHosts } from '../clients/tools.ts'
import type { ExchangeFormat, ExportItem, FieldRow, WriteOptions } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { writeKinds } from '../contract/write-kinds.ts'
import { serverRows } from '../servers/server-clients.ts'
import { writeServers } from '../servers/write-servers.ts'
import { SKILL_READ_ROWS } from '../skills/read-rows.ts'
import { SKILL_PLACE, SKILL_ROWS, writeSkills } from '../skills/write-skills.ts'
import { withMatter } from '../texts/matter.ts'
import { AGENT_ROWS, SHARED_ROWS, TOOL_LIST_ROWS } from './agent-rows.ts'
import { type AgentView, sourceOf, viewAgent } from './agent-view.ts'
import { fullDescription } from './full-description.ts'
import { type KeptForm, restoreFields } from './kept-fields.ts'
import { noteModel, notePermissions, noteShared } from './note-agent.ts'
import { READ_ROWS } from './read-rows.ts'
import { mapServers, restoreServers } from './server-map.ts'
import { writeTools } from './tool-list.ts'
import { type WrittenAgent, writeEach } from './write-each.ts'

const MINUTE = 60_000

const ROWS = {
  id: { field: 'agentId', outcome: 'mapped', reason: 'name, and the name of the file' },
  title: { field: 'name', outcome: 'mapped', reason: 'display_name' },
  temperature: { field: 'model.params.temperature', outcome: 'mapped', reason: 'temperature' },
  timeout: { field: 'resourceProfile', outcome: 'mapped', reason: 'timeout_mins' },
  shortened: {
    field: 'resourceProfile',
    outcome: 'approximated',
    reason: 'timeout_mins, in whole minutes; the client has no other limit',
  },
  escaped: {
    field: 'prompts.system',
    outcome: 'approximated',
    reason:
      'a name in "$" and braces gets a backslash: the client would fill it in, and fail without a value',
  },
} as const satisfies Record<string, FieldRow>

const KEPT_FORM: KeptForm = {
  writerFields: ['tools', 'descriptionRest', 'mcp_servers', 'kind'],
  isEffect: () => false,
  // The client refuses a file with any other field or value.
  accepts: (name, value) =>
    (name === 'max_turns' && Number.isInteger(value) && Number(value) > 0) ||
    (name === 'temperature' && typeof value === 'number'),
}

/** Subagents of Gemini CLI: Markdown with strict YAML front matter in `agents/`. */
export const gemini: ExchangeFormat = {
  id: 'gemini',
  title: 'Gemini CLI',
  kinds: ['agents', 'skills'],
  places: ['agents/<id>.md', SKILL_PLACE],
  limits: [
    { field: 'name', rule: 'lower-case letters, digits, "-" and "_"' },
    { field: '*', rule: 'a file with an unknown field is not loaded' },
  ],
  writes: [
    ...Object.values(ROWS),
    AGENT_ROWS.model,
    AGENT_ROWS.provider,
    AGENT_ROWS.otherModel,
    ...TOOL_LIST_ROWS,
    ...serverRows('gemini-agent', true),
    ...SHARED_ROWS,
    ...SKILL_ROWS,
  ],
  reads: [...READ_ROWS.gemini, ...SKILL_READ_ROWS],
  write: writeKinds({ agents: writeEach(writeAgent), skills: writeSkills(false) }),
}

function writeAgent(item: ExportItem, { allowEffects }: WriteOptions): WrittenAgent {
  const view = viewAgent(item, ['gemini'])
  const { definitionName, manifest } = view
  const page = new LedgerPage(sourceOf(view))
  page.note(ROWS.id)
  page.note(ROWS.title)
  noteShared(page, view, ['resourceProfile'])
  notePermissions(page, view, writableHosts('gemini', view.powers.hosts), AGENT_ROWS)
  const isGoogle = (provider: string | undefined) => provider === 'google' || provider === 'gemini'
  const model = noteModel(page, view, isGoogle, { temperature: ROWS.temperature })
  const servers = writeServers(view.servers, 'gemini-agent', page, true)
  const fields: JsonObject = {
    name: definitionName.id,
    description: fullDescription(page, view),
    display_name: manifest.name,
    kind: 'local',
    tools: writeTools(page, 'gemini', view, servers, allowEffects),
    mcp_servers: mapServers(servers),
    model,
    temperature: model === undefined ? undefined : manifest.model?.params?.temperature,
    timeout_mins: writeTimeout(page, view),
    ...restoreFields(page, view, KEPT_FORM, allowEffects),
  }
  restoreServers(page, view, fields, 'mcp_servers', allowEffects)
  if (view.keptFields?.kind !== undefined) page.note(AGENT_ROWS.keptElsewhere, 'metadata.import.kept.kind')
  const content = withMatter(fields, escapeInputs(page, view))
  return {
    file: { path: `agents/${definitionName.id}.md`, content, from: [definitionName] },
    page,
    findings: [],
  }
}

/** Whole minutes, at least one, and never more than the definition allows where that is a minute or more. */
function writeTimeout(page: LedgerPage, { manifest }: AgentView): number | undefined {
  const { resourceProfile } = manifest
  if (resourceProfile === undefined) return undefined
  const ms = typeof resourceProfile === 'object' ? resourceProfile.timeoutMs : undefined
  const isWhole = typeof resourceProfile === 'object' && Object.keys(resourceProfile).length === 1
  page.note(ms !== undefined && isWhole && ms % MINUTE === 0 ? ROWS.timeout : ROWS.shortened)
  return ms === undefined ? undefined : Math.max(1, Math.floor(ms / MINUTE))
}

/** The client fills in `${name}`, and refuses to start an agent whose prompt names an input that is not there. */
function escapeInputs(page: LedgerPage, { body }: AgentView): string {
  const escaped = body.replace(/\$\{(?=\w+\})/g, '$\\{')
  if (escaped !== body) page.note(ROWS.escaped)
  return escaped
}
