import type { Diagnostic } from '../contract/diagnostic.ts'
import { cutLine, fitLines } from './fit-lines.ts'
import { countReasons, type ImportReport, type Lists } from './report.ts'
import type { Guess } from './sources/format.ts'

/** How many ids a line names before it counts the rest. */
const NAMED = 3
const MAX_WHAT = 60
/** Lines of a diff that are shown of one definition; `--json` has all of them. */
const MAX_PATCH = 40

/** A report of one kind, or of several, whose rows then say of which kind they are. */
export type ShownReport = Omit<ImportReport, keyof Lists> & {
  [L in keyof Lists]: (Lists[L][number] & { kind?: string })[]
}

type Named = { id: string; kind?: string }

/**
 * The report as text for people, no line wider than `width` columns: counts, what needs a person, what was lost or kept,
 * then what was passed over and what was guessed, by reason.
 */
export function renderImportReport(report: ShownReport, width = 80): string {
  const { imported, unchanged, skipped, conflicted, failed, gone } = report
  const written = [...imported, ...conflicted]
  const guesses = guessesOf(written)
  const lost = imported.filter(({ loses, edits }) => loses !== '' && edits.length === 0)
  const kept = [...imported, ...unchanged].filter(({ edits }) => edits.length > 0)
  const problems = written.flatMap((row) => row.problems)
  const lines = (texts: string[]) => texts.flatMap((text) => fitLines(text, width, '  ', '    '))
  return [
    ...headOf(report, width),
    ...block('needs you:', lines(renderGuesses(guesses.filter(({ guess }) => guess.needs)))),
    ...block(
      'source and edit differ, and the edit stays (- here, + source):',
      conflicted.flatMap((row) => [
        ...lines([
          `${named(row)} (${row.source}): ${row.conflicts.join(', ')}; --keep-edits settles it, --force takes the source`,
        ]),
        ...patchLines(row.loses, width),
      ]),
    ),
    ...block(
      'skipped; --force would overwrite them (- here, + source):',
      skipped.flatMap((row) => [
        ...lines([`${named(row)} (${row.source}): ${row.reason}`]),
        ...patchLines(row.loses, width),
      ]),
    ),
    ...block('source deleted or renamed; the definition stays:', lines(gone.map(renderGone))),
    ...block(
      'nofx validate will refuse these:',
      problems.flatMap((found) => renderDiagnostic(found, width)),
    ),
    ...block(
      'failed:',
      failed.flatMap((row) => row.diagnostics.flatMap((found) => renderDiagnostic(found, width))),
    ),
    ...block(
      `overwritten${report.dryRun ? ' without --dry-run' : ''} (- here, + source):`,
      lost.flatMap((row) => [...lines([`${named(row)} (${row.source})`]), ...patchLines(row.loses, width)]),
    ),
    ...block('edited here, and kept:', lines(kept.map((row) => `${named(row)}: ${row.edits.join(', ')}`))),
    ...block('source moved:', lines(written.flatMap(renderMove))),
    ...block('passed over:', lines(renderPassedOver(report))),
    ...block('guessed:', lines(renderGuesses(guesses.filter(({ guess }) => !guess.needs)))),
  ].join('\n')
}

function headOf(report: ShownReport, width: number): string[] {
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
function needsYou({ imported, conflicted, skipped, gone }: ShownReport): number {
  const open = imported.filter(
    ({ problems, guesses }) => problems.length > 0 || guesses.some(({ needs }) => needs),
  )
  return open.length + conflicted.length + skipped.length + gone.length
}

function block(title: string, lines: readonly string[]): string[] {
  return lines.length > 0 ? [title, ...lines] : []
}

function named({ id, kind }: Named): string {
  return kind === undefined ? id : `${kind}/${id}`
}

function renderGone(row: ShownReport['gone'][number]): string {
  const edited = row.edited ? '; it was edited here' : ''
  return row.now
    ? `${named(row)} (${row.source}) is ${named({ ...row, id: row.now.id })} (${row.now.source}) now${edited}: deprecate or remove the earlier one`
    : `${named(row)}: ${row.source} is deleted${edited}: deprecate or remove the definition`
}

function renderMove(row: ShownReport['imported'][number]): string[] {
  return row.movedFrom === undefined ? [] : [`${named(row)}: ${row.movedFrom} is ${row.source} now`]
}

function renderDiagnostic(
  { path, line, column, severity, rule, message, hint }: Diagnostic,
  width: number,
): string[] {
  return [
    ...fitLines(`${path}:${line}:${column} ${severity} ${rule} ${message}`, width, '  ', '    '),
    ...fitLines(`hint: ${hint}`, width, '    ', '    '),
  ]
}

function patchLines(patch: string, width: number): string[] {
  const lines = patch.split('\n').slice(0, -1)
  const shown = lines.slice(0, MAX_PATCH).map((line) => `    ${cutLine(line, width - 4)}`)
  const rest = lines.length - shown.length
  return rest > 0 ? [...shown, `    … ${rest} more lines: --json has them`] : shown
}

function renderPassedOver({ passedOver }: ShownReport): string[] {
  return countReasons(passedOver).map(({ reason, count, sources }) => {
    const rest = count > NAMED ? ` and ${count - NAMED} more` : ''
    return `${count} × ${reason} (${sources.slice(0, NAMED).join('; ')}${rest})`
  })
}

interface Guessed {
  name: string
  guess: Guess
}

function guessesOf(rows: readonly (Named & { guesses: readonly Guess[] })[]): Guessed[] {
  return rows.flatMap((row) => row.guesses.map((guess) => ({ name: named(row), guess })))
}

/** Guesses by reason, most first. */
function renderGuesses(guesses: readonly Guessed[]): string[] {
  const groups = new Map<string, Guessed[]>()
  for (const one of guesses) {
    const key = JSON.stringify([one.guess.field, one.guess.why])
    groups.set(key, [...(groups.get(key) ?? []), one])
  }
  return [...groups.values()].sort((a, b) => b.length - a.length).map(renderGroup)
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
