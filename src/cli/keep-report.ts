import type { Diagnostic } from '../contract/diagnostic.ts'
import { Failure } from '../contract/failure.ts'
import type { Covers } from '../contract/name.ts'
import type { Registry } from '../core/registry/registry.ts'
import type { Report } from '../core/registry/reports.ts'
import { shortId } from '../core/registry/short-id.ts'
import type { WorkingTree } from '../core/tree/tree.ts'
import { findWhereabouts } from '../core/tree/whereabouts.ts'
import { makeReport } from '../core/validate/make-report.ts'
import { collectDrafts } from '../core/validate/report-drafts.ts'

/** A check that has ended. */
export interface EndedCheck {
  origin: Report['origin']
  verdict: Report['verdict']
  tree: WorkingTree
  /** The definitions that it checked. */
  covers: Covers
  definitions: number
  diagnostics: readonly Diagnostic[]
}

/** The reporter, and the registry that stores the report. */
export interface Keeper {
  open: () => Promise<Registry>
  actor: string
  /** The project's folder. */
  root: string
  signal: AbortSignal
}

/** A report in the registry, or why it was not stored. */
export type ReportOutcome = { kept: true; id: string } | { kept: false; problem: string }

/**
 * Stores the report of a check. A registry that cannot be reached or refuses the report does not change the verdict:
 * the failure becomes a part of the answer.
 * @throws INTERRUPTED, and every error that is not a `Failure`
 */
export async function keepReport(check: EndedCheck, keeper: Keeper): Promise<ReportOutcome> {
  const { tree, covers, diagnostics } = check
  const watch = { emit: () => {}, signal: keeper.signal }
  try {
    const registry = await keeper.open()
    const drafts = await collectDrafts(tree, covers, diagnostics, registry, watch)
    const where = await findWhereabouts(keeper.root, process.env)
    const report = makeReport({ ...check, kinds: tree.kinds, actor: keeper.actor, where, drafts })
    return { kept: true, id: (await registry.reports.keep(report)).reportId }
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'INTERRUPTED') throw error
    return { kept: false, problem: `${error.code} ${error.message}` }
  }
}

/** Whether a report was stored, on one line. */
export function presentReportOutcome(report: ReportOutcome): string {
  if (report.kept) return `Report kept; see: nofx reports show ${shortId(report.id)}`
  return `warning: the report was not kept: ${report.problem}`
}
