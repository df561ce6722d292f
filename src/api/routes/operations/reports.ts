import * as z from 'zod'
import { REPORT_COLUMNS, reportSummaryRow } from '../../../cloud/registry/reports.ts'
import { nextLink } from '../../http/cursor.ts'
import { cursorText, MAX_VERSION, pageSize, wholeNumber } from '../../http/parameters.ts'
import { fingerprint } from '../../http/tags.ts'
import { defineRoute, type RouteCall } from '../../route.ts'
import { placed, readNewest } from './read-newest.ts'

/** The most findings in an answer. */
const MOST = 500

const verdict = z.enum(['accepted', 'refused'])
const origin = z.enum(['publish', 'validate'])
const count = z.int().min(0)

const summary = z.strictObject({
  id: z.string(),
  origin,
  verdict,
  releaseId: z.string().nullable().describe('The release of an accepted publish.'),
  message: z.string().nullable(),
  actor: z.string().nullable(),
  commit: z.strictObject({ sha: z.string().nullable(), ref: z.string().nullable() }),
  pullRequest: z.int().nullable(),
  counts: z.strictObject({ definitions: count.optional(), errors: count, warnings: count.optional() }),
  outcomeCounts: z.record(z.string(), count).describe('The number of definitions with each outcome.'),
  createdAt: z.iso.datetime(),
})

const report = summary.extend({
  findings: z.array(
    z.strictObject({
      path: z.string(),
      line: z.int(),
      column: z.int(),
      rule: z.string(),
      severity: z.enum(['error', 'warning']),
      message: z.string(),
      hint: z.string(),
      kind: z.string().optional(),
      id: z.string().optional(),
    }),
  ),
  leftOut: count.describe('The number of findings that are not shown.'),
})

const query = z.strictObject({
  verdict: verdict.optional().describe('Only reports with this verdict.'),
  origin: origin.optional().describe('Only reports of publishes, or of `nofx validate --report`.'),
  pullRequest: wholeNumber(1, MAX_VERSION).optional().describe('Only reports of this pull request.'),
  limit: pageSize,
  cursor: cursorText.optional(),
})

const row = reportSummaryRow.extend(placed)

/** `GET /api/reports`: what validations and publishes found. */
export const listReports = defineRoute({
  method: 'GET',
  path: '/api/reports',
  name: 'listReports',
  summary: 'List what validations and publishes found, newest first.',
  access: 'publisher',
  query,
  responses: {
    200: {
      description: 'One page. The header `Link` names the next one.',
      schema: z.strictObject({ items: z.array(summary), nextCursor: z.string().nullable() }),
    },
  },
  handle: async (call: RouteCall<unknown, z.infer<typeof query>>) => {
    const { ports, url, env } = call
    const { limit, cursor, verdict, origin, pullRequest } = call.query
    const all = ports.service
      .from('registry_validation_reports')
      .select(`${REPORT_COLUMNS},at:created_at,key:id`)
    const judged = verdict ? all.eq('verdict', verdict) : all
    const ofOrigin = origin ? judged.eq('origin', origin) : judged
    const matching = pullRequest === undefined ? ofOrigin : ofOrigin.eq('pull_request', pullRequest)
    const q = fingerprint({ verdict, origin, pullRequest })
    const pageRequest = { limit, cursor, q, env }
    const { page, nextCursor } = await readNewest('read the reports', row, matching, pageRequest, 'id')
    return {
      body: { items: page.map(toSummary), nextCursor },
      ...(nextCursor === null ? {} : { headers: { link: nextLink(url, nextCursor, env) } }),
    }
  },
})

function toSummary({
  at: _,
  key: __,
  manifests: ___,
  counts,
  commitSha: sha,
  ref,
  ...rest
}: z.output<typeof row>) {
  return { ...rest, commit: { sha, ref }, counts: { ...counts, errors: counts.errors ?? 0 } }
}

const params = z.object({ id: z.string().regex(/^[0-9a-f-]{4,36}$/) })

/** `GET /api/reports/:id`: one report with its findings. */
export const showReport = defineRoute({
  method: 'GET',
  path: '/api/reports/:id',
  name: 'showReport',
  summary: 'Show one report with its findings, by its id or a unique start of it.',
  access: 'publisher',
  params,
  responses: {
    200: { description: 'The report.', schema: report },
    404: { description: 'The report does not exist, or several start like this.' },
  },
  handle: async ({ params, ports }: RouteCall<{ id: string }>) => {
    const { manifests: _, findings, leftOut, ...rest } = await ports.registry.reports.show(params.id)
    const visible = findings
      .slice(0, MOST)
      .map(({ path, line, column, rule, severity, message, hint, kind, id }) => ({
        ...{ path, line, column, rule, severity, message, hint, kind, id },
      }))
    return { body: { ...rest, findings: visible, leftOut: leftOut + findings.length - visible.length } }
  },
})
