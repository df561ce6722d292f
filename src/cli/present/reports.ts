import { keepInPreview } from '../../contract/text/keep-in-preview.ts'
import { oneLinePrintable } from '../../core/printable.ts'
import type { Report, ReportSummary } from '../../core/registry/reports.ts'
import { shortId } from '../../core/registry/short-id.ts'
import type { Screen } from '../terminal/screen.ts'
import { count, type TableColumn, table } from './table.ts'
import { shownTime } from './time.ts'

/** `leave` is the order in which a narrow screen leaves columns out. */
export const REPORT_COLUMNS: TableColumn<ReportSummary>[] = [
  { heading: 'REPORT', of: ({ id }) => shortId(id) },
  { heading: 'VERDICT', of: ({ verdict }) => verdict },
  { heading: 'OF', of: ({ origin }) => origin, leave: 5 },
  { heading: 'ERRORS', of: ({ counts }) => counts.errors },
  { heading: 'WARNINGS', of: ({ counts }) => counts.warnings ?? '-', leave: 4 },
  { heading: 'OUTCOMES', of: (report) => outcomes(report) || '-', least: 12, leave: 1 },
  { heading: 'COMMIT', of: ({ commit }) => commit.sha?.slice(0, 12) ?? '-', leave: 2 },
  { heading: 'REF', of: (report) => place(report) || '-', least: 12, leave: 3 },
  { heading: 'AT', of: ({ createdAt }, screen) => shownTime(createdAt, screen) },
  { heading: 'BY', of: ({ actor }) => actor ?? '-', least: 10, leave: 6 },
]

/** @param verdict the verdict that all of them have, if only such reports were asked for */
export function presentReports(
  reports: readonly ReportSummary[],
  screen: Screen,
  verdict?: 'accepted' | 'refused',
): string {
  if (reports.length === 0 && verdict) return `No report has the verdict "${verdict}".`
  if (reports.length === 0) return 'There are no reports. Keep one: nofx validate --report'
  return table(REPORT_COLUMNS, reports, screen)
}

/** The heading of a report, above its findings. */
export function presentReport(report: Report, preview?: string): string {
  const { counts, manifests } = report
  const of = counts.definitions === undefined ? '' : ` in ${count(counts.definitions, 'definition')}`
  const warnings = counts.warnings === undefined ? '' : `, ${count(counts.warnings, 'warning')}`
  const allManifests = keepInPreview(`nofx reports show ${shortId(report.id)} --manifests`, preview)
  const lines = [
    `${report.id}  ${report.origin} ${report.verdict}  ${report.createdAt}`,
    `  by        ${report.actor ?? 'unknown'}`,
    `  of        ${[report.commit.sha?.slice(0, 12), place(report)].filter(Boolean).join('  ') || 'no commit'}`,
    `  found     ${count(counts.errors, 'error')}${warnings}${of}`,
    ...(outcomes(report) ? [`  outcomes  ${outcomes(report)}`] : []),
    ...(report.releaseId ? [`  release   ${report.releaseId}`] : []),
    ...(manifests ? [`  manifests ${allManifests}`] : []),
  ]
  return lines.map(oneLinePrintable).join('\n')
}

/** How many findings were counted but not stored; empty when all were stored. */
export function presentLeftOut({ leftOut }: Report): string {
  return leftOut
    ? `… and ${count(leftOut, 'more finding was', 'more findings were')} counted and not kept`
    : ''
}

function place({ commit: { ref }, pullRequest }: ReportSummary): string {
  return [ref, pullRequest === null ? '' : `#${pullRequest}`].filter(Boolean).join(' ')
}

function outcomes({ outcomeCounts: counted }: ReportSummary): string {
  return Object.entries(counted)
    .map(([outcome, times]) => `${times} ${outcome}`)
    .join(', ')
}
