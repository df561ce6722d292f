import { countReasons, type ImportReport } from './import-report.ts'
import type { Guess } from './sources/format.ts'

/** How many ids a line names before it counts the rest. */
const NAMED = 3
const MAX_WHAT = 60

/** The report as text for people: counts, then what was left alone, what is wrong, and what was guessed, by reason. */
export function renderImportReport(report: ImportReport): string {
  const { imported, unchanged, skipped, failed, passedOver } = report
  const problems = imported.flatMap((row) => row.problems)
  const updated = imported.filter((row) => row.updated).length
  const counts = [
    `${imported.length} imported${updated > 0 ? ` (${updated} updated)` : ''}`,
    `${unchanged.length} unchanged`,
    `${skipped.length} skipped`,
    ...(passedOver.length > 0 ? [`${passedOver.length} passed over`] : []),
    `${failed.length} failed`,
  ]
  return [
    `${counts.join(', ')}: ${report.from} → ${report.to}${report.dryRun ? ' (dry run, nothing written)' : ''}`,
    ...skipped.map((row) => `skipped ${row.id} (${row.source}): ${row.reason}; --force overwrites it`),
    ...failed.flatMap((row) => row.diagnostics.flatMap(renderDiagnostic)),
    ...(problems.length > 0
      ? ['nofx validate will refuse these:', ...problems.flatMap(renderDiagnostic)]
      : []),
    ...renderPassedOver(report),
    ...renderGuesses(imported),
  ].join('\n')
}

function renderDiagnostic(found: ImportReport['failed'][number]['diagnostics'][number]): string[] {
  const { path, line, column, severity, rule, message, hint } = found
  return [`${path}:${line}:${column} ${severity} ${rule} ${message}`, `  hint: ${hint}`]
}

function renderPassedOver({ passedOver }: ImportReport): string[] {
  const lines = countReasons(passedOver).map(({ reason, count, sources }) => {
    const rest = count > NAMED ? ` and ${count - NAMED} more` : ''
    return `  ${count} × ${reason} (${sources.slice(0, NAMED).join('; ')}${rest})`
  })
  return lines.length > 0 ? ['passed over:', ...lines] : []
}

function renderGuesses(rows: readonly { id: string; guesses: readonly Guess[] }[]): string[] {
  const groups = new Map<string, { id: string; guess: Guess }[]>()
  for (const { id, guesses } of rows)
    for (const guess of guesses) {
      const key = JSON.stringify([guess.field, guess.why])
      groups.set(key, [...(groups.get(key) ?? []), { id, guess }])
    }
  if (groups.size === 0) return []
  return ['guessed:', ...[...groups.values()].map(renderGroup)]
}

function renderGroup(group: readonly { id: string; guess: Guess }[]): string {
  const [first] = group
  if (!first) return ''
  const same = group.every(({ guess }) => guess.what === first.guess.what)
  const named = group
    .slice(0, NAMED)
    .map(({ id, guess }) => (same ? id : `${id}: ${short(guess.what)}`))
    .join('; ')
  const rest = group.length > NAMED ? ` and ${group.length - NAMED} more` : ''
  const what = same ? `${short(first.guess.what)}, ` : ''
  return `  ${group.length} × ${first.guess.field}: ${what}${first.guess.why} (${named}${rest})`
}

function short(text: string): string {
  return text.length > MAX_WHAT ? `${text.slice(0, MAX_WHAT)}…` : text
}
