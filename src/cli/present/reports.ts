import { oneLinePrintable } from '../../core/printable.ts'
import type { Report, ReportSummary } from '../../core/registry/reports.ts'
import { count, table } from './table.ts'

export function presentReports(reports: readonly ReportSummary[]): string {
  if (reports.length === 0) return 'There are no reports. Keep one: nofx validate --report'
  const rows = reports.map((report) => [
    report.id.slice(0, 8),
    report.verdict,
    report.origin,
    report.counts.errors,
    report.counts.warnings ?? '-',
    outcomes(report) || '-',
    report.commitSha?.slice(0, 12) ?? '-',
    place(report) || '-',
    report.createdAt,
    report.actor ?? '-',
  ])
  const heading = ['REPORT', 'VERDICT', 'OF', 'ERRORS', 'WARNINGS', 'OUTCOMES', 'COMMIT', 'REF', 'AT', 'BY']
  return table(heading, rows)
}

/** The heading of a report, above its findings. */
export function presentReport(report: Report): string {
  const { counts, manifests } = report
  const of = counts.definitions === undefined ? '' : ` in ${count(counts.definitions, 'definition')}`
  const warnings = counts.warnings === undefined ? '' : `, ${count(counts.warnings, 'warning')}`
  const lines = [
    `${report.id}  ${report.origin} ${report.verdict}  ${report.createdAt}`,
    `  by        ${report.actor ?? 'unknown'}`,
    `  of        ${[report.commitSha?.slice(0, 12), place(report)].filter(Boolean).join('  ') || 'no commit'}`,
    `  found     ${count(counts.errors, 'error')}${warnings}${of}`,
    ...(outcomes(report) ? [`  outcomes  ${outcomes(report)}`] : []),
    ...(report.releaseId ? [`  release   ${report.releaseId}`] : []),
    ...(manifests ? [`  manifests nofx reports show ${report.id.slice(0, 8)} --manifests`] : []),
  ]
  return lines.map(oneLinePrintable).join('\n')
}

/** How many findings were counted but not stored; empty when all were stored. */
export function presentLeftOut({ leftOut }: Report): string {
  return leftOut
    ? `… and ${count(leftOut, 'more finding was', 'more findings were')} counted and not kept`
    : ''
}

function place({ ref, pullRequest }: ReportSummary): string {
  return [ref, pullRequest === null ? '' : `#${pullRequest}`].filter(Boolean).join(' ')
}

function outcomes({ outcomes: counted }: ReportSummary): string {
  return Object.entries(counted)
    .map(([outcome, times]) => `${times} ${outcome}`)
    .join(', ')
}
