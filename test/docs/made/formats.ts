import type { ExchangeFormat, FieldRow } from '../../../src/exchange/contract/format.ts'
import { table } from './table.ts'

/** For each format where its files lie, its limits, and what becomes of each field. */
export function formatTables(formats: readonly ExchangeFormat[]): string {
  return formats.map(section).join('\n\n')
}

function section({ id, title, places, clients, limits, writes = [], reads = [] }: ExchangeFormat): string {
  const files = `Files: ${places.map((place) => `\`${place}\``).join(', ')}.`
  const served = clients ? ` Clients: ${clients.map((client) => `\`${client}\``).join(', ')}.` : ''
  const bounds = limits.map(({ field, rule }) => `\`${field}\`: ${rule}`).join('; ')
  return [
    `### ${title}: \`${id}\``,
    `${files}${served}${bounds === '' ? '' : ` Limits of the program: ${bounds}.`}`,
    ...(writes.length > 0 ? ['Export:', rowsOf(writes)] : []),
    ...(reads.length > 0 ? ['Import:', rowsOf(reads)] : []),
  ].join('\n\n')
}

/** What limits an agent first, and what is lost before what is not. */
function rowsOf(rows: readonly FieldRow[]): string {
  const order = ['dropped', 'approximated', 'kept', 'mapped']
  const rank = ({ outcome, limits }: FieldRow) =>
    order.indexOf(outcome) - (limits && outcome !== 'mapped' ? 10 : 0)
  const sorted = [...rows].sort((a, b) => rank(a) - rank(b) || (a.field < b.field ? -1 : 1))
  return table(
    ['field', 'outcome', 'what it becomes, or why it does not'],
    sorted.map((row) => [
      `\`${row.field}\``,
      row.limits && row.outcome !== 'mapped' ? `${row.outcome}, fails with \`--strict\`` : row.outcome,
      row.reason,
    ]),
  )
}
