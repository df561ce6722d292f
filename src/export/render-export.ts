import { nameOf } from '../contract/name.ts'
import { cutLine, fitLines } from '../core/lines/fit-lines.ts'
import type { LedgerRow } from '../exchange/contract/format.ts'
import type { ExportedFile, ExportReport } from './export-definitions.ts'

/** How many names a line has before it counts the rest. */
const NAMED = 3
/** How many files are named one by one. */
const MOST_FILES = 20
/** Lines of a diff that are shown of one file; `--json` has all of them. */
const MOST_LINES = 40

/**
 * The report as text for people: counts, the files that changed, what is not written as it is, by reason. Lines are at
 * most `width` columns wide.
 */
export function renderExport(report: ExportReport, width: number): string {
  const lost = report.ledger.filter(({ outcome }) => outcome !== 'mapped')
  return [
    ...fitLines(renderCounts(report), width),
    ...renderFiles(report, width),
    ...section('not written as it is', groupRows(lost), width),
    ...section(
      'skipped',
      report.skipped.map((definition) => `${nameOf(definition)}: ${definition.reason}`),
      width,
    ),
  ].join('\n')
}

function renderCounts({ definitions, files, to, format, dryRun, check }: ExportReport): string {
  const counts = new Map<string, number>()
  for (const { state } of files) counts.set(state, (counts.get(state) ?? 0) + 1)
  const states = [...counts].map(([state, count]) => `${count} ${state}`)
  const what = `${definitions} ${definitions === 1 ? 'definition' : 'definitions'} as ${format} to ${to}`
  const how = check ? ' (compared)' : dryRun ? ' (nothing written)' : ''
  return `${what}${how}: ${states.length > 0 ? states.join(', ') : 'no files'}`
}

function renderFiles({ files }: ExportReport, width: number): string[] {
  const changedFiles = files.filter(({ state }) => state !== 'unchanged')
  const rest = changedFiles.length - MOST_FILES
  return [
    ...changedFiles.slice(0, MOST_FILES).flatMap((file) => renderFile(file, width)),
    ...(rest > 0 ? [`  … and ${rest} more files: --json has them`] : []),
  ]
}

function renderFile({ path, state, diff }: ExportedFile, width: number): string[] {
  const lines = (diff ?? '').split('\n').slice(0, -1)
  const rest = lines.length - MOST_LINES
  return [
    cutLine(`  ${state.padEnd(9)} ${path}`, width),
    ...lines.slice(0, MOST_LINES).map((line) => `    ${cutLine(line, width - 4)}`),
    ...(rest > 0 ? [`    … ${rest} more lines: --json has them`] : []),
  ]
}

function section(title: string, entries: readonly string[], width: number): string[] {
  if (entries.length === 0) return []
  return [`${title}:`, ...entries.flatMap((entry) => fitLines(entry, width, '  ', '    '))]
}

/** Rows by field and reason: what limits an agent first, then the most. */
function groupRows(rows: readonly LedgerRow[]): string[] {
  const groups = new Map<string, LedgerRow[]>()
  for (const row of rows) {
    const key = JSON.stringify([row.field, row.outcome, row.reason])
    const group = groups.get(key)
    if (group) group.push(row)
    else groups.set(key, [row])
  }
  const rank = ([row]: LedgerRow[]) => (row?.limits ? 0 : 1)
  return [...groups.values()].sort((a, b) => rank(a) - rank(b) || b.length - a.length).map(renderGroup)
}

function renderGroup(group: readonly LedgerRow[]): string {
  const [first] = group
  if (!first) return ''
  const names = [...new Set(group.map(({ source }) => source))]
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
  const mark = first.limits ? ', a limit' : ''
  return `${group.length} × ${first.field} (${first.outcome}${mark}): ${first.reason} (${names.slice(0, NAMED).join('; ')}${rest})`
}
