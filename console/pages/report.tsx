import { useLocation, useParams, useSearch } from 'wouter-preact'
import { type Report as FoundReport, useReport } from '../data/operations.ts'
import { withQuery } from '../model/address/url-state.ts'
import { buildCommand } from '../model/moves/shell-command.ts'
import { Choice } from '../parts/lists/choice.tsx'
import { FindingList } from '../parts/operations/finding-list.tsx'
import { tellCounts } from '../parts/operations/report-rows.tsx'
import { Verdict } from '../parts/operations/verdict.tsx'
import { Heading } from '../parts/shell/heading.tsx'
import { Pending } from '../parts/states/pending.tsx'
import { PublishersOnly } from '../parts/states/publishers-only.tsx'
import { Command } from '../parts/words/copy.tsx'
import { Foreign } from '../parts/words/foreign.tsx'
import { Link } from '../parts/words/link.tsx'
import { Time } from '../parts/words/time.tsx'

/** One report: the verdict, whose change it was, and the findings by file. */
export default function Report() {
  return (
    <PublishersOnly title="Report" what="What validations and publishes found is shown to publishers.">
      <ShownReport />
    </PublishersOnly>
  )
}

function ShownReport() {
  const { id = '' } = useParams<{ id: string }>()
  const env = new URLSearchParams(useSearch()).get('env') ?? undefined
  const { data, error, refetch } = useReport(id, { env })
  if (!data) return <Pending title={`Report ${id.slice(0, 8)}`} error={error} retry={() => refetch()} />
  const report = data.body
  return (
    <div class="page">
      <Heading title={`Report ${report.id.slice(0, 8)}`} />
      <p class="line">
        <Verdict verdict={report.verdict} />
        <span>{tellCounts(report)}</span>
        <span class="soft">
          <Time iso={report.createdAt} />
        </span>
      </p>
      <Source report={report} />
      {report.message && (
        <p class="summary">
          <Foreign text={report.message} />
        </p>
      )}
      <Findings report={report} />
      <p class="page-foot">
        <Command text={buildCommand(['nofx', 'reports', 'show', report.id.slice(0, 8)], { env })} />
      </p>
    </div>
  )
}

function Source({ report }: { report: FoundReport }) {
  const { commit, pullRequest, actor, releaseId, outcomeCounts } = report
  const outcomes = Object.entries(outcomeCounts).filter(([, count]) => count > 0)
  return (
    <p class="line soft">
      {actor && (
        <span>
          by <Foreign text={actor} />
        </span>
      )}
      {commit.sha && (
        <span>
          commit <code title={commit.sha}>{commit.sha.slice(0, 8)}</code>
          {commit.ref && (
            <>
              {' of '}
              <Foreign text={commit.ref} />
            </>
          )}
        </span>
      )}
      {pullRequest !== null && (
        <Link to={`/reports?pullRequest=${pullRequest}`}>pull request #{pullRequest}</Link>
      )}
      {outcomes.length > 0 && (
        <span>
          {outcomes.map(([outcome, count]) => `${count.toLocaleString('en')} ${outcome}`).join(', ')}
        </span>
      )}
      {releaseId && <Link to={`/releases/${releaseId}`}>the release</Link>}
    </p>
  )
}

function Findings({ report: { findings, leftOut } }: { report: FoundReport }) {
  const [path, navigate] = useLocation()
  const search = useSearch()
  const rules = [...new Set(findings.map(({ rule }) => rule))].sort()
  const asked = new URLSearchParams(search).get('rule') ?? ''
  const shown = asked === '' ? findings : findings.filter(({ rule }) => rule === asked)
  if (findings.length === 0) return <p class="soft part">Nothing was found.</p>
  return (
    <section class="part">
      <div class="part-head">
        <h2>
          Findings <span class="soft count">{shown.length.toLocaleString('en')}</span>
        </h2>
        {(rules.length > 1 || asked !== '') && (
          <Choice
            label="Rule"
            value={asked}
            options={[
              ['', 'every rule'],
              ...[...new Set([...rules, ...(asked ? [asked] : [])])].map((rule) => [rule, rule] as const),
            ]}
            choose={(rule) => navigate(path + withQuery(search, { rule }))}
          />
        )}
      </div>
      {shown.length === 0 && <p class="soft note">No finding is of this rule.</p>}
      <FindingList findings={shown} />
      {leftOut > 0 && (
        <p class="soft note">{leftOut.toLocaleString('en')} further findings were counted and not kept.</p>
      )}
    </section>
  )
}
