import type { Diagnostic } from '../../contract/diagnostic.ts'
import type { ReportManifest, ReportRequest } from '../../contract/protocol/reports.ts'

/** A report without its findings. */
export interface ReportSummary {
  id: string
  /** A publish, or `nofx validate --report`. */
  origin: 'publish' | 'validate'
  verdict: 'accepted' | 'refused'
  /** The release of an accepted publish. */
  releaseId: string | null
  message: string | null
  actor: string | null
  /** The commit, and the branch or tag. */
  commit: { sha: string | null; ref: string | null }
  pullRequest: number | null
  /**
   * Complete counts. Warnings are unknown for an accepted publish; a publish refused by the server counts only
   * errors.
   */
  counts: { definitions?: number; errors: number; warnings?: number }
  /** The number of definitions with each outcome: `added`, `updated`, `unchanged`, … */
  outcomeCounts: Record<string, number>
  /** The object in storage that contains the checked manifests. */
  manifests: string | null
  createdAt: string
}

/** A whole report. `findings` are the most severe ones; `leftOut` further ones were counted and not stored. */
export interface Report extends ReportSummary {
  findings: Diagnostic[]
  leftOut: number
}

/**
 * The part of the registry that stores the results of checks, for publishers. Like the registry, it throws only
 * `Failure`.
 */
export interface Reports {
  keep(report: ReportRequest): Promise<{ reportId: string }>
  /** Newest first. */
  list(options: { limit: number; verdict?: Report['verdict'] }): Promise<ReportSummary[]>
  /**
   * Finds a report by id, or by a unique start of it.
   * @throws Failure NOT_FOUND
   */
  show(ref: string): Promise<Report>
  /**
   * The manifests that were checked for a report.
   * @throws Failure NOT_FOUND if the object was deleted
   */
  manifests(path: string): Promise<ReportManifest[]>
}
