import type { Diagnostic } from '../contract/diagnostic.ts'
import type { GoneRow } from './again/gone.ts'
import type { PassedOver } from './sources/find-sources.ts'
import type { Guess } from './sources/format.ts'

/** The facts that a report has about an imported definition. */
export interface ImportRow {
  id: string
  source: string
  /** Whether it was there before. */
  updated: boolean
  guesses: Guess[]
  /** Errors that validating the definition will report, at their place in the source where it is known. */
  problems: Diagnostic[]
  /** The source's path at the last import, if the file has been moved since. */
  movedFrom?: string
}

/** A definition that was edited since its import. */
export interface Edited {
  /** Fields and files that were edited here, and stay. */
  edits: string[]
  /** What `--force` loses of the definition, as a unified diff; empty when it loses nothing. */
  loses: string
}

/** A definition that was written. */
export type ImportedRow = ImportRow & Edited

/** What an import did, or with `dryRun` would do. Every source is in exactly one of the lists, in path order. */
export interface ImportReport {
  format: string
  from: string
  to: string
  dryRun: boolean
  imported: ImportedRow[]
  /** Already there, or edited here alone: not touched. */
  unchanged: { id: string; source: string; guesses: Guess[]; edits: string[] }[]
  /** Source and edit differ in `conflicts`, where the edit stays. `updated`: other changes of the source were taken. */
  conflicted: (ImportedRow & { conflicts: string[] })[]
  /** Left alone, because work would be lost. */
  skipped: { id: string; source: string; reason: string; loses: string }[]
  failed: { source: string; diagnostics: Diagnostic[] }[]
  /** Definitions that earlier imports made and whose source is deleted or renamed. They are not touched. */
  gone: GoneRow[]
  /** Files and links that are not imported: of another format, or of none. */
  passedOver: PassedOver[]
}

/** How many files were passed over for each reason, most first. */
export function countReasons(
  rows: readonly PassedOver[],
): { reason: string; count: number; sources: string[] }[] {
  const reasons = new Map<string, string[]>()
  for (const { reason, source } of rows) reasons.set(reason, [...(reasons.get(reason) ?? []), source])
  return [...reasons]
    .map(([reason, sources]) => ({ reason, count: sources.length, sources }))
    .sort((a, b) => b.count - a.count)
}

/** The lists that are of one kind. */
export type ImportReportLists = Pick<
  ImportReport,
  'imported' | 'unchanged' | 'conflicted' | 'skipped' | 'failed' | 'gone'
>

/** The reports of several kinds as one: every row has its kind and its format, and `to` is their common folder. */
export type TreeImportReport = Omit<ImportReport, keyof ImportReportLists> & {
  [L in keyof ImportReportLists]: (ImportReportLists[L][number] & { kind: string; format: string })[]
}

/** Puts the reports of one import together, in their order; there is at least one. */
export function mergeImportReports(
  to: string,
  reports: readonly { kind: string; report: ImportReport }[],
): TreeImportReport {
  const rows = <L extends keyof ImportReportLists>(list: L): TreeImportReport[L] =>
    reports.flatMap(({ kind, report }) =>
      report[list].map((row) => ({ kind, format: report.format, ...row })),
    ) as TreeImportReport[L]
  const { from, dryRun } = (reports[0] as { report: ImportReport }).report
  const format = [...new Set(reports.map(({ report }) => report.format))].join(', ')
  return {
    format,
    from,
    to,
    dryRun,
    imported: rows('imported'),
    unchanged: rows('unchanged'),
    conflicted: rows('conflicted'),
    skipped: rows('skipped'),
    failed: rows('failed'),
    gone: rows('gone'),
    passedOver: reports.flatMap(({ report }) => report.passedOver),
  }
}
