import type { ReportSummary } from '../../data/operations.ts'
import { plural } from '../../model/texts/plural.ts'
import { Foreign } from '../words/foreign.tsx'
import { Link } from '../words/link.tsx'
import { Time } from '../words/time.tsx'
import { Verdict } from './verdict.tsx'

/** Reports, newest first: the verdict, what was found, whose change it was, and when. */
export function ReportRows({ reports }: { reports: readonly ReportSummary[] }) {
  return (
    <ol class="entries is-reports">
      {reports.map((report) => (
        <li key={report.id}>
          <Verdict verdict={report.verdict} />
          <span class="entry-main">
            <Link to={`/reports/${report.id}`} class="entry-link">
              {tellCounts(report)}
            </Link>
            {report.message && (
              <span class="entry-note soft">
                <Foreign text={report.message} />
              </span>
            )}
          </span>
          <span class="entry-who soft">
            <Source report={report} />
          </span>
          <span class="entry-when soft">
            <Time iso={report.createdAt} />
          </span>
        </li>
      ))}
    </ol>
  )
}

/** What was checked, and how much of it is wrong. */
export function tellCounts({ counts, origin }: Pick<ReportSummary, 'counts' | 'origin'>): string {
  const { definitions, errors, warnings } = counts
  const found = [
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings ? [plural(warnings, 'warning')] : []),
  ]
  const checked = definitions === undefined ? origin : `${origin} of ${plural(definitions, 'definition')}`
  return `${checked}: ${found.length > 0 ? found.join(', ') : 'nothing found'}`
}

/** The pull request, the commit and the person. */
function Source({ report: { pullRequest, commit, actor } }: { report: ReportSummary }) {
  return (
    <>
      {pullRequest !== null && <span>#{pullRequest}</span>}
      {commit.sha && <code>{commit.sha.slice(0, 8)}</code>}
      {commit.ref && (
        <span>
          <Foreign text={commit.ref} />
        </span>
      )}
      {actor && (
        <span>
          <Foreign text={actor} />
        </span>
      )}
    </>
  )
}
