import type { Diagnostic } from '../contract/diagnostic.ts'
import type { PassedOver } from './sources/find-sources.ts'
import type { Guess } from './sources/format.ts'

/** A definition that was written (`updated`: over an earlier import), with all that had to be guessed. */
export interface ImportedRow {
  id: string
  source: string
  updated: boolean
  guesses: Guess[]
  /** Errors that validating the definition will report, at their place in the source where it is known. */
  problems: Diagnostic[]
}

/** What an import did, or with `dryRun` would do. Every source is in exactly one of the lists, in path order. */
export interface ImportReport {
  format: string
  from: string
  to: string
  dryRun: boolean
  imported: ImportedRow[]
  /** Already there, byte for byte: not touched. */
  unchanged: { id: string; source: string; guesses: Guess[] }[]
  /** Left alone, because somebody's work would be lost. */
  skipped: { id: string; source: string; reason: string }[]
  failed: { source: string; diagnostics: Diagnostic[] }[]
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

type Lists = Pick<ImportReport, 'imported' | 'unchanged' | 'skipped' | 'failed'>

/** The reports of several kinds as one: every row says of which kind it is, and `to` is the folder of all of them. */
export type TreeImportReport = Omit<ImportReport, keyof Lists> & {
  [L in keyof Lists]: (Lists[L][number] & { kind: string })[]
}

/** Puts the reports of one import together, in their order; there is at least one. */
export function mergeImportReports(
  to: string,
  reports: readonly { kind: string; report: ImportReport }[],
): TreeImportReport {
  const rows = <L extends keyof Lists>(list: L): TreeImportReport[L] =>
    reports.flatMap(({ kind, report }) =>
      report[list].map((row) => ({ kind, ...row })),
    ) as TreeImportReport[L]
  const { format, from, dryRun } = (reports[0] as { report: ImportReport }).report
  return {
    format,
    from,
    to,
    dryRun,
    imported: rows('imported'),
    unchanged: rows('unchanged'),
    skipped: rows('skipped'),
    failed: rows('failed'),
    passedOver: reports.flatMap(({ report }) => report.passedOver),
  }
}
