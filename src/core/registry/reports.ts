import type { Diagnostic } from '../../contract/diagnostic.ts'
import type { ReportManifest, ReportRequest } from '../../contract/protocol/reports.ts'

/** What a report says, without what it found. */
export interface ReportSummary {
  id: string
  /** A publish, or `nofx validate --report`. */
  origin: 'publish' | 'validate'
  verdict: 'accepted' | 'refused'
  /** What a publish made, when it was accepted. */
  releaseId: string | null
  message: string | null
  actor: string | null
  commitSha: string | null
  /** The branch or tag. */
  ref: string | null
  pullRequest: number | null
  /** All that there was. An accepted publish does not know its warnings, one refused by the server only its errors. */
  counts: { definitions?: number; errors: number; warnings?: number }
  /** How many definitions had which outcome: `added`, `updated`, `unchanged`, … */
  outcomes: Record<string, number>
  /** The object in storage that holds the checked manifests. */
  manifests: string | null
  createdAt: string
}

/** A whole report. `findings` are its worst: `leftOut` more were counted and not kept. */
export interface Report extends ReportSummary {
  findings: Diagnostic[]
  leftOut: number
}

/** The part of the registry that keeps what checks found. For publishers. Throws `Failure`, as the registry does. */
export interface Reports {
  keep(report: ReportRequest): Promise<{ reportId: string }>
  /** Newest first. */
  list(options: { limit: number; verdict?: Report['verdict'] }): Promise<ReportSummary[]>
  /**
   * By id, or by a start of one that no other has.
   * @throws Failure NOT_FOUND
   */
  show(ref: string): Promise<Report>
  /**
   * The manifests that a report was made of.
   * @throws Failure NOT_FOUND when the object is gone
   */
  manifests(path: string): Promise<ReportManifest[]>
}
