import {
  manifestsDocument,
  manifestsPath,
  type ReportRequest,
  reportRequest,
} from '../core/contract/reports.ts'
import { claimToken, requirePrincipal } from './authorize.ts'
import { unavailable } from './database-error.ts'
import type { Authenticate, Principal } from './principal.ts'
import { readJson, requirePost } from './read-request.ts'
import { causeOf, Refusal } from './refusal.ts'
import { call, type Rpc } from './rpc.ts'

export interface ReportPorts {
  rpc: Rpc
  /** Creates an object of the bucket `registry`; one that is there already stays as it is. */
  store: (path: string, content: string) => Promise<void>
  /** Removes objects of the bucket `registry`. */
  remove: (paths: string[]) => Promise<void>
  /** Who makes a request. Without it every caller is trusted: then the handler answers inside the caller's process. */
  authenticate?: Authenticate
  log?: (line: Record<string, unknown>) => void
}

/**
 * The handler of `registry_<kind>_sync/reports`: keeps what a validation or a refused publish found, for collaborators,
 * and removes what is older than the policy wants. Whoever may publish anything, or write previews, may report.
 */
export function createReportHandler(ports: ReportPorts): (request: Request) => Promise<Response> {
  return async (request) => {
    const started = Date.now()
    const line: Record<string, unknown> = { event: 'registry_report' }
    let status = 200
    let body: object
    try {
      requirePost(request)
      const principal = ports.authenticate && (await requirePrincipal(ports.authenticate, request))
      if (principal) Object.assign(line, { via: principal.via, actor: principal.actor })
      const report = await readJson(request, reportRequest)
      Object.assign(line, { report: report.id, verdict: report.verdict })
      body = { ok: true, result: await keep(await authorized(report, principal, ports), ports) }
      await prune(ports).catch((error: Error) => Object.assign(line, { prune: error.message }))
    } catch (thrown) {
      const refusal = thrown instanceof Refusal ? thrown : unavailable(thrown)
      status = refusal.status
      body = { ok: false, error: refusal.error }
      Object.assign(line, { phase: refusal.phase, code: refusal.error.code, cause: causeOf(refusal) })
    }
    ports.log?.({ ...line, status, ms: Date.now() - started })
    const headers = { 'cache-control': 'no-store', ...(status === 405 ? { allow: 'POST' } : {}) }
    return Response.json(body, { status, headers })
  }
}

/** The report under the name that the credentials prove. */
async function authorized(
  report: ReportRequest,
  principal: Principal | undefined,
  { rpc }: ReportPorts,
): Promise<ReportRequest> {
  if (principal?.token) await claimToken(principal.token, report.key, rpc)
  return { ...report, actor: principal?.actor ?? report.actor }
}

/** The manifests come first: what a report names is there. */
async function keep({ manifests, ...report }: ReportRequest, { rpc, store }: ReportPorts): Promise<unknown> {
  const path = manifests.length ? manifestsPath(report.id) : undefined
  if (path) {
    const document = manifestsDocument.parse({ nofxReport: 1, reportId: report.id, manifests })
    await store(path, JSON.stringify(document))
  }
  const code = report.verdict === 'refused' ? 'FINDINGS' : undefined
  const refusedPublish = report.origin === 'publish' && report.verdict === 'refused'
  const name = refusedPublish ? 'registry_report' : 'registry_keep_report'
  const { reportId } = (await call(rpc, name, { p: { ...report, code, manifests: path } })) as {
    reportId: string
  }
  return { reportId }
}

async function prune({ rpc, remove }: ReportPorts): Promise<void> {
  const paths = (await call(rpc, 'registry_prune_reports', {})) as string[]
  if (paths.length) await remove(paths)
}
