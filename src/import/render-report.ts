import type { Diagnostic } from '../contract/diagnostic.ts'
import { nameOf } from '../contract/name.ts'
import { cutLine, fitLines } from '../core/lines/fit-lines.ts'
import { countReasons, type ImportReport, type ImportReportLists } from './import-report.ts'
import type { PassedOver } from './sources/find-sources.ts'
import type { Guess } from './sources/format.ts'

/** How many ids a line names before it counts the rest. */
const NAMED = 3
const MAX_WHAT = 60
/** Lines of a diff that are shown of one definition; `--json` has all of them. */
const MAX_PATCH = 40

/** A report of one kind, or of several, whose rows then say of which kind and format they are. */
export type ShownImportReport = Omit<ImportReport, keyof ImportReportLists> & {
  [L in keyof ImportReportLists]: (ImportReportLists[L][number] & { kind?: string; format?: string })[]
}

type ImportReportName = { id: string; kind?: string }

interface ImportReportEntry {
  text: string
  hint?: string
  /** A unified diff. */
  patch?: string
}

interface ImportReportSection {
  title: string
  entries: ImportReportEntry[]
}

/**
 * The report as text for people, no line wider than `width` columns: counts, what needs a person, what was lost or kept,
 * then what was passed over and what was guessed, by reason.
 */
export function renderImportReport(report: ShownImportReport, width = 80): string {
  const sections = [...renderWork(report), ...renderRest(report)].filter(({ entries }) => entries.length > 0)
  return [
    ...renderHead(report, width),
    ...sections.flatMap(({ title, entries }) => [
      ...fitLines(title, width),
      ...entries.flatMap((entry) => renderEntry(entry, width)),
    ]),
  ].join('\n')
}

/** What a person has to look at. */
function renderWork({
  imported,
  conflicted,
  skipped,
  gone,
  failed,
}: ShownImportReport): ImportReportSection[] {
  const writtenRows = [...imported, ...conflicted]
  const needed = collectGuesses(writtenRows).filter(({ guess }) => guess.needs)
  const problems = writtenRows.flatMap((row) => row.problems)
  const isHidden = problems.some(({ rule }) => rule.startsWith('NOFX_TEXT_'))
  const settling = '--keep-edits settles it, --force takes the source'
  return [
    { title: 'needs you:', entries: renderGuesses(needed) },
    {
      title: 'source and edit differ, and the edit stays (- here, + source):',
      entries: conflicted.map((row) => ({
        text: `${renderName(row)} (${row.source}): ${row.conflicts.join(', ')}; ${settling}`,
        patch: row.loses,
      })),
    },
    {
      title: 'skipped; --force would overwrite them (- here, + source):',
      entries: skipped.map((row) => ({
        text: `${renderName(row)} (${row.source}): ${row.reason}`,
        patch: row.loses,
      })),
    },
    { title: 'source deleted or renamed; the definition stays:', entries: gone.map(renderGone) },
    {
      title: `nofx validate will refuse these${isHidden ? ' (--strip-hidden removes hidden characters)' : ''}:`,
      entries: problems.map(renderDiagnostic),
    },
    { title: 'failed:', entries: failed.flatMap((row) => row.diagnostics.map(renderDiagnostic)) },
  ]
}

function renderRest(report: ShownImportReport): ImportReportSection[] {
  const { imported, unchanged, conflicted, dryRun } = report
  const writtenRows = [...imported, ...conflicted]
  const lossy = imported.filter(({ loses, edits }) => loses !== '' && edits.length === 0)
  const keptEdits = [...imported, ...unchanged].filter(({ edits }) => edits.length > 0)
  const others = collectGuesses(writtenRows).filter(({ guess }) => !guess.needs)
  return [
    {
      title: `${dryRun ? 'would be overwritten' : 'overwritten'} (- here, + source):`,
      entries: lossy.map((row) => ({ text: `${renderName(row)} (${row.source})`, patch: row.loses })),
    },
    {
      title: 'edited here, and kept:',
      entries: keptEdits.map((row) => ({ text: `${renderName(row)}: ${row.edits.join(', ')}` })),
    },
    { title: 'source moved:', entries: writtenRows.flatMap(renderMove) },
    { title: 'read as:', entries: renderFormats(report) },
    { title: 'passed over:', entries: countSources(report.passedOver) },
    { title: 'guessed:', entries: renderGuesses(others) },
  ]
}

function renderEntry({ text, hint, patch = '' }: ImportReportEntry, width: number): string[] {
  return [
    ...fitLines(text, width, '  ', '    '),
    ...(hint === undefined ? [] : fitLines(`hint: ${hint}`, width, '    ', '    ')),
    ...patchLines(patch, width),
  ]
}

function renderHead(report: ShownImportReport, width: number): string[] {
  const { imported, unchanged, conflicted, failed, passedOver, from, to, dryRun } = report
  const updated = imported.filter((row) => row.updated).length
  const needs = needsYou(report)
  const counts = [
    `${imported.length} imported${updated > 0 ? ` (${updated} updated)` : ''}`,
    `${needs} ${needs === 1 ? 'needs' : 'need'} you`,
    `${passedOver.length} passed over`,
    `${failed.length} failed`,
    ...(unchanged.length > 0 ? [`${unchanged.length} unchanged`] : []),
    ...(conflicted.length > 0 ? [`${conflicted.length} in conflict`] : []),
  ]
  const where = `from ${from} to ${to}${dryRun ? ' (dry run: nothing was written)' : ''}`
  return [...fitLines(counts.join(', '), width), ...fitLines(where, width)]
}

/** How many definitions a person has to look at. */
function needsYou({ imported, conflicted, skipped, gone }: ShownImportReport): number {
  const open = imported.filter(
    ({ problems, guesses }) => problems.length > 0 || guesses.some(({ needs }) => needs),
  )
  return open.length + conflicted.length + skipped.length + gone.length
}

function renderName({ id, kind }: ImportReportName): string {
  return kind === undefined ? id : nameOf({ kind, id })
}

function renderGone(row: ShownImportReport['gone'][number]): ImportReportEntry {
  const edited = row.edited ? '; it was edited here' : ''
  const text = row.now
    ? `${renderName(row)} (${row.source}) is ${renderName({ ...row, id: row.now.id })} (${row.now.source}) now${edited}`
    : `${renderName(row)}: ${row.source} is deleted${edited}`
  return {
    text,
    hint: row.now ? 'deprecate or remove the earlier one' : 'deprecate or remove the definition',
  }
}

function renderMove(row: ShownImportReport['imported'][number]): ImportReportEntry[] {
  return row.movedFrom === undefined
    ? []
    : [{ text: `${renderName(row)}: ${row.movedFrom} is ${row.source} now` }]
}

function renderDiagnostic({
  path,
  line,
  column,
  severity,
  rule,
  message,
  hint,
}: Diagnostic): ImportReportEntry {
  return { text: `${path}:${line}:${column} ${severity} ${rule} ${message}`, hint }
}

function patchLines(patch: string, width: number): string[] {
  const lines = patch.split('\n').slice(0, -1)
  const shownLines = lines.slice(0, MAX_PATCH).map((line) => `    ${cutLine(line, width - 4)}`)
  const rest = lines.length - shownLines.length
  return rest > 0 ? [...shownLines, `    … ${rest} more lines: --json has them`] : shownLines
}

/** What each source was read as, where there are several formats. */
function renderFormats({
  imported,
  unchanged,
  conflicted,
  skipped,
  failed,
}: ShownImportReport): ImportReportEntry[] {
  const rows = [...imported, ...unchanged, ...conflicted, ...skipped, ...failed].map(
    ({ source, format = '' }) => ({ source, reason: format }),
  )
  return new Set(rows.map(({ reason }) => reason)).size < 2 ? [] : countSources(rows)
}

/** Sources by reason, most first. */
function countSources(rows: readonly PassedOver[]): ImportReportEntry[] {
  return countReasons(rows).map(({ reason, count, sources }) => {
    const rest = count > NAMED ? ` and ${count - NAMED} more` : ''
    return { text: `${count} × ${reason} (${sources.slice(0, NAMED).join('; ')}${rest})` }
  })
}

interface Guessed {
  name: string
  guess: Guess
}

function collectGuesses(rows: readonly (ImportReportName & { guesses: readonly Guess[] })[]): Guessed[] {
  return rows.flatMap((row) => row.guesses.map((guess) => ({ name: renderName(row), guess })))
}

/** Guesses by reason, most first. */
function renderGuesses(guesses: readonly Guessed[]): ImportReportEntry[] {
  const groups = new Map<string, Guessed[]>()
  for (const one of guesses) {
    const key = JSON.stringify([one.guess.field, one.guess.why])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()]
    .sort((a, b) => b.length - a.length)
    .map((group) => ({ text: renderGroup(group) }))
}

function renderGroup(group: readonly Guessed[]): string {
  const [first] = group
  if (!first) return ''
  const same = group.every(({ guess }) => guess.what === first.guess.what)
  const names = [...new Set(group.map(({ name, guess }) => (same ? name : `${name}: ${short(guess.what)}`)))]
  const rest = names.length > NAMED ? ` and ${names.length - NAMED} more` : ''
  const what = same ? `${short(first.guess.what)}, ` : ''
  const list = names.slice(0, NAMED).join('; ')
  return `${group.length} × ${first.guess.field}: ${what}${first.guess.why} (${list}${rest})`
}

function short(text: string): string {
  return text.length > MAX_WHAT ? `${text.slice(0, MAX_WHAT)}…` : text
}
