import { isObject } from '../../contract/is-object.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { writableHosts } from '../clients/tools.ts'
import type { ExchangeFormat, ExportFinding, ExportItem, FieldRow, WriteOptions } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { exportFinding } from '../contract/rules.ts'
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

/** Characters of a body, by GitHub's reference of custom agents. */
const MAX_BODY = 30_000

const ID: FieldRow = {
  field: 'agentId',
  outcome: 'mapped',
  reason: 'the name of the file, and metadata.nofx-id',
}
const TITLE: FieldRow = { field: 'name', outcome: 'mapped', reason: 'name, which is shown' }
const MODEL: FieldRow = {
  field: 'model',
  outcome: 'dropped',
  reason: 'the client calls this model otherwise',
}

const KEPT_FORM: KeptForm = {
  writerFields: ['tools', 'descriptionRest', 'mcp-servers', 'metadata'],
  isEffect: (name) => name === 'hooks',
}

/** Custom agents of GitHub Copilot and VS Code: Markdown with YAML front matter in `agents/`. */
export const copilot: ExchangeFormat = {
  id: 'copilot',
  title: 'GitHub Copilot, VS Code',
  kinds: ['agents', 'skills'],
  places: ['agents/<id>.agent.md', SKILL_PLACE],
  limits: [{ field: 'prompts.system', rule: `at most ${MAX_BODY} characters` }],
  writes: [
    ID,
    TITLE,
    AGENT_ROWS.model,
    AGENT_ROWS.provider,
    MODEL,
    ...TOOL_LIST_ROWS,
    ...serverRows('copilot', true),
    ...SHARED_ROWS,
    ...SKILL_ROWS,
  ],
  reads: [...READ_ROWS.copilot, ...SKILL_READ_ROWS],
  write: writeKinds({ agents: writeEach(writeAgent), skills: writeSkills(false) }),
}

function writeAgent(item: ExportItem, { allowEffects }: WriteOptions): WrittenAgent {
  const view = viewAgent(item, ['copilot'])
  const { definitionName, manifest, body } = view
  const page = new LedgerPage(sourceOf(view))
  page.note(ID)
  page.note(TITLE)
  noteShared(page, view)
  notePermissions(page, view, writableHosts('copilot', view.powers.hosts), AGENT_ROWS)
  const model = noteModel(page, view, isCopilots, {}, MODEL)
  const servers = writeServers(view.servers, 'copilot', page, true)
  const fields: JsonObject = {
    name: manifest.name,
    description: fullDescription(page, view),
    tools: writeTools(page, 'copilot', view, servers, allowEffects),
    model,
    'mcp-servers': mapServers(servers),
    ...restoreFields(page, view, KEPT_FORM, allowEffects),
    metadata: identify(page, view, item),
  }
  restoreServers(page, view, fields, 'mcp-servers', allowEffects)
  const path = `agents/${definitionName.id}.agent.md`
  return {
    file: { path, content: withMatter(fields, body), from: [definitionName] },
    page,
    findings: checkBody(view),
  }
}

/** The client calls models by their full names: `sonnet` alone would be unknown to it. */
function isCopilots(provider: string | undefined, name: string): boolean {
  return provider === undefined || /^(?:github|copilot|github-copilot)$/.test(provider) || /[-. ]/.test(name)
}

function identify(
  page: LedgerPage,
  { definitionName, keptFields }: AgentView,
  { digest, version }: ExportItem,
): JsonObject {
  const own = isObject(keptFields?.metadata) ? keptFields.metadata : {}
  if (keptFields?.metadata !== undefined) page.note(AGENT_ROWS.kept, 'metadata.import.kept.metadata')
  return {
    ...own,
    'nofx-id': nameOf(definitionName),
    ...(version === undefined ? {} : { 'nofx-version': `v${version}` }),
    'nofx-digest': digest,
  }
}

function checkBody({ body, definitionName, promptFile }: AgentView): ExportFinding[] {
  // The client counts characters, not UTF-16 units.
  const length = body.length > MAX_BODY ? [...body].length : body.length
  if (length <= MAX_BODY) return []
  const finding = exportFinding(
    'NOFX_EXPORT_LIMIT',
    { file: promptFile ?? '.' },
    `the system prompt has ${length} characters, and Copilot reads at most ${MAX_BODY}`,
    'shorten it, or name the definitions to export without this one',
  )
  return [{ ...finding, of: definitionName }]
}
