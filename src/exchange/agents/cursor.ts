import type { JsonObject } from '../../contract/kind.ts'
import { isWithin, NO_POWERS } from '../clients/powers.ts'
import { isFull } from '../clients/sandbox.ts'
import type { ExchangeFormat, ExportItem, FieldRow, WriteOptions } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'
import { writeKinds } from '../contract/write-kinds.ts'
import { SERVER_ROWS } from '../servers/server-rows.ts'
import { SKILL_READ_ROWS } from '../skills/read-rows.ts'
import { SKILL_PLACE, SKILL_ROWS, writeSkills } from '../skills/write-skills.ts'
import { withMatter } from '../texts/matter.ts'
import { AGENT_ROWS, SHARED_ROWS } from './agent-rows.ts'
import { sourceOf, viewAgent } from './agent-view.ts'
import { fullDescription } from './full-description.ts'
import { type KeptForm, restoreFields } from './kept-fields.ts'
import { LEVEL_ROWS, levelRows } from './level-rows.ts'
import { noteModel, notePermissions, noteShared } from './note-agent.ts'
import { READ_ROWS } from './read-rows.ts'
import { type WrittenAgent, writeEach } from './write-each.ts'

const ROWS = {
  id: { field: 'agentId', outcome: 'mapped', reason: 'name, and the name of the file' },
  model: { field: 'model', outcome: 'dropped', reason: 'the client calls this model otherwise' },
  hosts: {
    field: 'permissions.hosts',
    outcome: 'dropped',
    reason: 'the client has no list of hosts or of tools for the web',
    limits: true,
  },
  servers: { ...SERVER_ROWS.noServers, limits: true },
} as const satisfies Record<string, FieldRow>

const KEPT_FORM: KeptForm = { writerFields: ['descriptionRest', 'readonly'], isEffect: () => false }

/** Subagents of Cursor: Markdown with YAML front matter in `agents/`. */
export const cursor: ExchangeFormat = {
  id: 'cursor',
  title: 'Cursor',
  kinds: ['agents', 'skills'],
  places: ['agents/<id>.md', SKILL_PLACE],
  limits: [],
  writes: [
    ...Object.values(ROWS),
    AGENT_ROWS.title,
    AGENT_ROWS.model,
    AGENT_ROWS.provider,
    AGENT_ROWS.params,
    ...Object.values(LEVEL_ROWS),
    AGENT_ROWS.network,
    AGENT_ROWS.hosts,
    AGENT_ROWS.secrets,
    AGENT_ROWS.lostSecrets,
    AGENT_ROWS.kept,
    AGENT_ROWS.everyTool,
    ...SHARED_ROWS,
    ...SKILL_ROWS,
  ],
  reads: [...READ_ROWS.cursor, ...SKILL_READ_ROWS],
  write: writeKinds({ agents: writeEach(writeAgent), skills: writeSkills(false) }),
}

function writeAgent(item: ExportItem, { allowEffects }: WriteOptions): WrittenAgent {
  const view = viewAgent(item, ['cursor'])
  const { definitionName, manifest, powers, body } = view
  const page = new LedgerPage(sourceOf(view))
  page.note(ROWS.id)
  page.note(AGENT_ROWS.title)
  noteShared(page, view)
  notePermissions(page, view, [], { ...levelRows(powers), lostHosts: ROWS.hosts })
  if (manifest.mcp !== undefined) page.note(ROWS.servers)
  const isCursors = (provider: string | undefined) => provider === undefined || provider === 'cursor'
  // A source that does not say so may write and run commands, and its import has no permissions.
  const isOpen =
    view.keptFields !== undefined && view.keptFields.readonly === undefined && isWithin(powers, NO_POWERS)
  if (isOpen && !allowEffects) page.note(AGENT_ROWS.everyTool)
  const fields: JsonObject = {
    name: definitionName.id,
    description: fullDescription(page, view),
    model: noteModel(page, view, isCursors, {}, ROWS.model),
    readonly: isOpen && allowEffects ? undefined : !isFull(powers),
    ...restoreFields(page, view, KEPT_FORM, allowEffects),
  }
  if (view.keptFields?.readonly !== undefined)
    page.note(AGENT_ROWS.keptElsewhere, 'metadata.import.kept.readonly')
  const file = {
    path: `agents/${definitionName.id}.md`,
    content: withMatter(fields, body),
    from: [definitionName],
  }
  return { file, page, findings: [] }
}
