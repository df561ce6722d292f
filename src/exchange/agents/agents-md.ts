import type { Status } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { CheckedAgentManifest } from '../../plugins/agents/manifest/schema.ts'
import type { ExchangeFormat, ExportItem, FieldRow } from '../contract/format.ts'
import { LedgerPage } from '../contract/ledger.ts'

const ROWS = {
  id: { field: 'agentId', outcome: 'mapped', reason: 'the name in the list' },
  title: { field: 'name', outcome: 'mapped', reason: 'beside the id' },
  description: { field: 'description', outcome: 'mapped', reason: 'when to use the agent, in one line' },
  rest: { field: '*', outcome: 'dropped', reason: 'the section says where the agent is, and not what it is' },
  notLive: { field: 'status', outcome: 'dropped', reason: 'a draft is not listed: it is not live' },
} as const satisfies Record<string, FieldRow>

const MARKS = { start: '<!-- nofx:start -->', end: '<!-- nofx:end -->' }
const LISTED: readonly (Status | undefined)[] = ['active', 'deprecated', undefined]

/** A section of AGENTS.md, the instructions of a repository: which agents there are, and when to use which. */
export const agentsMd: ExchangeFormat = {
  id: 'agents-md',
  title: 'AGENTS.md, for every client that reads it',
  kinds: ['agents'],
  places: ['AGENTS.md'],
  limits: [],
  writes: Object.values(ROWS),
  async write(items) {
    const listedItems = items.filter(isListed)
    const ledger = items.flatMap((item) => noteItem(item).rows)
    const from = listedItems.map(({ definition: { kind, id } }) => ({ kind, id }))
    const file = { path: 'AGENTS.md', content: renderSection(listedItems), from, section: MARKS }
    return { files: listedItems.length > 0 ? [file] : [], findings: [], ledger }
  },
}

function isListed({ definition }: ExportItem): boolean {
  return LISTED.includes((definition.manifest as CheckedAgentManifest).status)
}

function noteItem(item: ExportItem): LedgerPage {
  const { definition } = item
  const page = new LedgerPage(nameOf(definition))
  if (!isListed(item)) {
    page.note(ROWS.notLive)
    page.note(ROWS.rest, '*')
    return page
  }
  page.note(ROWS.id)
  page.note(ROWS.title)
  page.note(ROWS.description)
  const notedFields = new Set(['agentId', 'name', 'description'])
  for (const field of Object.keys(definition.manifest as object))
    if (!notedFields.has(field)) page.note(ROWS.rest, field)
  page.note(ROWS.rest, 'files')
  return page
}

function renderSection(items: readonly ExportItem[]): string {
  const lines = items.map(({ definition }) => {
    const { name, description } = definition.manifest as CheckedAgentManifest
    return `- \`${definition.id}\` (${inLine(name)}): ${inLine(description)}`
  })
  const how = [
    'These agents are in the NOFX registry. Choose one by its description, and read it with',
    '`npx nofx registry show agents/<id>`; `npx nofx export --help` writes them for a client.',
  ]
  return ['## Agents', '', ...how, '', ...lines, ''].join('\n')
}

/** One line of Markdown that opens nothing: a description is the text of others. */
function inLine(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .trim()
    .replace(/[<>]/g, (mark) => (mark === '<' ? '&lt;' : '&gt;'))
}
