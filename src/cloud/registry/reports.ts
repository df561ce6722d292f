import { gunzipSync } from 'node:zlib'
import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import { manifestsDocument, reportFinding } from '../../contract/protocol/reports.ts'
import { MAX_BODY } from '../../contract/source.ts'
import type { Registry } from '../../core/registry/registry.ts'
import type { Report, ReportSummary, Reports } from '../../core/registry/reports.ts'
import { type Ask, fitting } from './ask.ts'
import { keptReport } from './function-shapes.ts'
import { askFunction, type CallFunction } from './post-function.ts'
import { count, instant, json, line, madeId, text } from './shapes.ts'

/** The path for reports: below the sync function of a kind that every registry has. */
export const REPORTS = 'registry_agents_sync/reports'

export const REPORT_COLUMNS =
  'id,origin,verdict,releaseId:release_id,message,actor,commitSha:commit_sha,ref:commit_ref,' +
  'pullRequest:pull_request,counts,outcomes:summary,manifests,createdAt:created_at'
/** The most unpacked bytes of a report's manifests: they came in one request. */
const LARGEST_DOCUMENT = 2 * MAX_BODY
const REPORT_REF = /^[0-9a-f-]{4,36}$/

/** A row of `registry_validation_reports` without its findings. */
export const reportSummaryRow = z.object({
  id: z.string().regex(/^[0-9a-f-]{8,36}$/),
  origin: z.enum(['validate', 'publish']),
  verdict: z.enum(['accepted', 'refused']),
  releaseId: madeId.nullable(),
  message: text(100_000).nullable(),
  actor: text(1_000).nullable(),
  commitSha: text(64).nullable(),
  ref: text(1_000).nullable(),
  pullRequest: count.nullable(),
  counts: z.object({ definitions: count.optional(), errors: count.optional(), warnings: count.optional() }),
  outcomes: z.record(line(64), count),
  manifests: z
    .string()
    .regex(/^reports\/[0-9a-f-]{8,36}\.json\.gz$/)
    .nullable(),
  createdAt: instant,
})
const reportRow = reportSummaryRow.extend({ findings: z.array(json).max(100_000) })

/** A finding of the server itself, which names a file of a definition and no line. */
const serverFinding = z.object({
  kind: text(200).optional(),
  id: text(200).optional(),
  file: text(2_000).optional(),
  severity: z.enum(['error', 'warning']),
  rule: text(200),
  message: text(20_000),
  hint: text(20_000).default(''),
})

type SummaryRow = z.output<typeof reportSummaryRow>
type ReportRow = z.output<typeof reportRow>

export interface ReportsOptions {
  client: SupabaseClient
  label: string
  ask: Ask
  download: Registry['download']
  callReports?: CallFunction
}

/**
 * The port's calls for reports: they are read from the table, and stored by the function, which verifies the reporter.
 */
export function createReports({ client, label, ask, download, callReports }: ReportsOptions): Reports {
  const table = () => client.from('registry_validation_reports')
  const newestFirst = { ascending: false }
  const keep = askFunction(label, REPORTS, callReports)
  return {
    keep: (report) => keep(report, keptReport),
    async list({ limit, verdict }) {
      const all = table().select(REPORT_COLUMNS)
      const wanted = verdict ? all.eq('verdict', verdict) : all
      const ordered = wanted.order('created_at', newestFirst).order('id').limit(limit)
      return (await ask('read the reports', reportSummaryRow, ordered)).map(toSummary)
    },
    async show(ref) {
      const named = REPORT_REF.test(ref)
        ? table().select(`${REPORT_COLUMNS},findings`).like('id', `${ref}%`)
        : undefined
      const rows = named ? await ask(`read the report ${ref}`, reportRow, named.limit(2)) : []
      const [row] = rows
      if (row && rows.length === 1) return toReport(row)
      const what = row ? `"${ref}" is the start of several reports` : `the report "${ref}" does not exist`
      throw new Failure('NOT_FOUND', what, row ? 'give more of it' : 'see: nofx reports list')
    },
    async manifests(path) {
      const packed = await download(path).catch(gone)
      return fitting(label, 'read the manifests', manifestsDocument, unpacked(packed)).manifests
    },
  }
}

function gone(error: unknown): never {
  if (!(error instanceof Failure && error.code === 'NOT_FOUND')) throw error
  throw new Failure('NOT_FOUND', 'the manifests of this report are gone', 'see the commit that it names')
}

function toSummary({ counts: { definitions, errors = 0, warnings }, ...row }: SummaryRow): ReportSummary {
  return { ...row, counts: { definitions, errors, warnings } }
}

function toReport({ findings: kept, ...row }: ReportRow): Report {
  const findings = kept.flatMap(toDiagnostic)
  const summary = toSummary(row)
  const { errors, warnings = 0 } = summary.counts
  return { ...summary, findings, leftOut: Math.max(0, errors + warnings - findings.length) }
}

function toDiagnostic(finding: unknown): Diagnostic[] {
  const known = reportFinding.safeParse(finding)
  if (known.success) return [known.data]
  const told = serverFinding.safeParse(finding)
  if (!told.success) return []
  const { kind, id, file, ...rest } = told.data
  const path = [kind, id, file].filter((part) => part !== undefined).join('/')
  return [{ ...rest, path, line: 1, column: 1, kind, id }]
}

/** The JSON in a gzip; undefined when it is not a gzip of JSON. */
function unpacked(packed: Uint8Array): unknown {
  try {
    return JSON.parse(gunzipSync(packed, { maxOutputLength: LARGEST_DOCUMENT }).toString())
  } catch {
    return undefined
  }
}
