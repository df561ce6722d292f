import { gunzipSync } from 'node:zlib'
import type { SupabaseClient } from '@supabase/supabase-js'
import { manifestsDocument, reportFinding } from '../core/contract/reports.ts'
import { MAX_BODY } from '../core/contract/source.ts'
import type { Diagnostic } from '../core/diagnostic.ts'
import { Failure } from '../core/failure.ts'
import type { Registry } from '../core/registry.ts'
import type { Report, ReportSummary, Reports } from '../core/reports.ts'
import type { Ask } from './ask.ts'
import { askFunction, type CallFunction } from './post-function.ts'
import { toInstant } from './rows.ts'

/** Where reports are kept: beside the sync of a kind that every registry has. */
export const REPORTS = 'registry_agents_sync/reports'

const COLUMNS =
  'id,origin,verdict,release_id,message,actor,commit_sha,commit_ref,pull_request,counts,summary,manifests,created_at'
/** Unpacked bytes of the manifests of one report: they came as one request. */
const LARGEST_DOCUMENT = 2 * MAX_BODY
const REPORT_REF = /^[0-9a-f-]{4,36}$/

interface SummaryRow {
  id: string
  origin: Report['origin']
  verdict: Report['verdict']
  release_id: string | null
  message: string | null
  actor: string | null
  commit_sha: string | null
  commit_ref: string | null
  pull_request: number | null
  counts: Partial<ReportSummary['counts']>
  summary: Record<string, number>
  manifests: string | null
  created_at: string
}

interface ReportRow extends SummaryRow {
  findings: unknown[]
}

export interface ReportsOptions {
  client: SupabaseClient
  label: string
  ask: Ask
  download: Registry['download']
  callReports?: CallFunction
}

/** The port's door to reports: they are read from the table, and kept by the function that proves who reports. */
export function createReports({ client, label, ask, download, callReports }: ReportsOptions): Reports {
  const table = () => client.from('registry_validation_reports')
  const newestFirst = { ascending: false }
  return {
    keep: askFunction(label, REPORTS, callReports),
    async list({ limit, verdict }) {
      const all = table().select(COLUMNS)
      const wanted = verdict ? all.eq('verdict', verdict) : all
      const ordered = wanted.order('created_at', newestFirst).order('id').limit(limit)
      return (await ask<SummaryRow[]>('read the reports', ordered)).map(toSummary)
    },
    async show(ref) {
      const named = REPORT_REF.test(ref)
        ? table().select(`${COLUMNS},findings`).like('id', `${ref}%`)
        : undefined
      const rows = named ? await ask<ReportRow[]>(`read the report ${ref}`, named.limit(2)) : []
      const [row] = rows
      if (row && rows.length === 1) return toReport(row)
      const what = row ? `"${ref}" is the start of several reports` : `there is no report "${ref}"`
      throw new Failure('NOT_FOUND', what, row ? 'give more of it' : 'see: nofx reports list')
    },
    async manifests(path) {
      const packed = await download(path).catch(gone)
      const text = gunzipSync(packed, { maxOutputLength: LARGEST_DOCUMENT }).toString()
      return manifestsDocument.parse(JSON.parse(text)).manifests
    },
  }
}

function gone(error: unknown): never {
  if (!(error instanceof Failure && error.code === 'NOT_FOUND')) throw error
  throw new Failure('NOT_FOUND', 'the manifests of this report are gone', 'see the commit that it names')
}

function toSummary(row: SummaryRow): ReportSummary {
  const { definitions, errors = 0, warnings } = row.counts
  return {
    id: row.id,
    origin: row.origin,
    verdict: row.verdict,
    releaseId: row.release_id,
    message: row.message,
    actor: row.actor,
    commitSha: row.commit_sha,
    ref: row.commit_ref,
    pullRequest: row.pull_request,
    counts: { definitions, errors, warnings },
    outcomes: row.summary,
    manifests: row.manifests,
    createdAt: toInstant(row.created_at),
  }
}

function toReport(row: ReportRow): Report {
  const findings = row.findings.flatMap(toDiagnostic)
  const summary = toSummary(row)
  const { errors, warnings = 0 } = summary.counts
  return { ...summary, findings, leftOut: Math.max(0, errors + warnings - findings.length) }
}

/** The server's own findings name a file of a definition and no line. */
function toDiagnostic(finding: unknown): Diagnostic[] {
  const known = reportFinding.safeParse(finding)
  if (known.success) return [known.data]
  const { kind, id, file, severity, rule, message, hint } = finding as Record<string, unknown>
  const path = [kind, id, file].filter((part) => typeof part === 'string').join('/')
  const told = { severity, rule, message, hint: hint ?? '', path, line: 1, column: 1, kind, id }
  return [told as Diagnostic].filter(
    (one) => (one.severity === 'error' || one.severity === 'warning') && typeof one.message === 'string',
  )
}
