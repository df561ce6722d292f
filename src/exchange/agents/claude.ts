import { splitReference } from '../../contract/fields/definition-reference.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { writableHosts } from '../clients/tools.ts'
import type { ExchangeFormat, ExportItem, FieldRow, WriteOptions } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { writeKinds } from '../contract/write-kinds.ts'
import { serverRows } from '../servers/server-clients.ts'
import { writeServers } from '../servers/write-servers.ts'
import { SKILL_READ_ROWS } from '../skills/read-rows.ts'
import { SKILL_PLACE, SKILL_ROWS, writeSkills } from '../skills/write-skills.ts'
import { COMMAND_PLACE, COMMAND_ROWS, writeCommands } from '../templates/write-commands.ts'
import { withMatter } from '../texts/matter.ts'
import { AGENT_ROWS, SHARED_ROWS, TOOL_LIST_ROWS } from './agent-rows.ts'
import { type AgentView, sourceOf, viewAgent } from './agent-view.ts'
import { fullDescription } from './full-description.ts'
import { type KeptForm, restoreFields } from './kept-fields.ts'
import { noteModel, notePermissions, noteShared } from './note-agent.ts'
import { READ_ROWS } from './read-rows.ts'
import { readList, writeTools } from './tool-list.ts'
import { type WrittenAgent, writeEach } from './write-each.ts'

const ID: FieldRow = { field: 'agentId', outcome: 'mapped', reason: 'name, and the name of the file' }
const SKILLS: FieldRow = { field: 'dependencies.skills', outcome: 'mapped', reason: 'skills' }
const MODEL = /^(?:opus|sonnet|haiku|opusplan)(?:\[1m\])?$|^claude-/
/** Modes in which the client refuses or asks. */
const ASKING = ['default', 'manual', 'plan', 'dontAsk']

const KEPT_FORM: KeptForm = {
  writerFields: ['tools', 'descriptionRest', 'mcpServers'],
  // The client gives an agent with a memory the tools to write it.
  isEffect: (name, value) =>
    ['hooks', 'memory'].includes(name) || (name === 'permissionMode' && !ASKING.includes(String(value))),
}

/** Subagents of Claude Code: Markdown with YAML front matter in `agents/`. */
export const claude: ExchangeFormat = {
  id: 'claude',
  title: 'Claude Code',
  kinds: ['agents', 'skills', 'templates'],
  places: ['agents/<id>.md', SKILL_PLACE, COMMAND_PLACE],
  limits: [],
  writes: [
    ID,
    SKILLS,
    AGENT_ROWS.title,
    AGENT_ROWS.provider,
    AGENT_ROWS.model,
    AGENT_ROWS.otherModel,
    ...TOOL_LIST_ROWS,
    ...serverRows('claude', true),
    ...SHARED_ROWS,
    ...SKILL_ROWS,
    ...COMMAND_ROWS,
  ],
  reads: [...READ_ROWS.claude, ...SKILL_READ_ROWS],
  write: writeKinds({ agents: writeEach(writeAgent), skills: writeSkills(true), templates: writeCommands }),
}

function writeAgent(item: ExportItem, { allowEffects }: WriteOptions): WrittenAgent {
  const view = viewAgent(item, ['claude'])
  const { definitionName, manifest, body } = view
  const page = new LedgerPage(sourceOf(view))
  page.note(ID)
  page.note(AGENT_ROWS.title)
  noteShared(page, view)
  notePermissions(page, view, writableHosts('claude', view.powers.hosts), AGENT_ROWS)
  const model = noteModel(page, view, (provider, name) =>
    provider === undefined ? MODEL.test(name) : provider === 'anthropic',
  )
  const servers = writeServers(view.servers, 'claude', page, true)
  const fields: JsonObject = {
    name: definitionName.id,
    description: fullDescription(page, view),
    tools: writeTools(page, 'claude', view, servers, allowEffects),
    model,
    mcpServers: writeMcp(page, view, servers, allowEffects),
    ...restoreFields(page, view, KEPT_FORM, allowEffects),
  }
  if (manifest.model !== undefined) fields.model = model
  const skillIds = (manifest.dependencies?.skills ?? []).map((one) => splitReference(one).id)
  if (skillIds.length > 0) {
    page.note(SKILLS)
    const own = readList(fields.skills) ?? []
    const isListed = (id: string) => own.some((name) => name.split(':').at(-1) === id)
    const others = skillIds.filter((id) => !isListed(id))
    if (others.length > 0 || own.length === 0) fields.skills = [...new Set([...own, ...others])]
  }
  return {
    file: {
      path: `agents/${definitionName.id}.md`,
      content: withMatter(fields, body),
      from: [definitionName],
    },
    page,
    findings: [],
  }
}

/** Servers in the client's words; with `allowEffects`, as the source had them, with those that it only names. */
function writeMcp(
  page: LedgerPage,
  { keptFields }: AgentView,
  servers: ReturnType<typeof writeServers>,
  allowEffects: boolean,
): unknown {
  const entries = servers.map(({ writtenName, config }) => ({ [writtenName]: config }))
  const own = keptFields?.mcpServers
  if (own !== undefined)
    page.note(allowEffects ? AGENT_ROWS.kept : AGENT_ROWS.keptEffect, 'metadata.import.kept.mcpServers')
  if (own !== undefined && allowEffects) return own
  return entries.length > 0 ? entries : undefined
}
