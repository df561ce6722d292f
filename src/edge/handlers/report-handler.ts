import {
  manifestsDocument,
  manifestsPath,
  type ReportRequest,
  reportRequest,
} from '../../contract/protocol/reports.ts'
import { claimToken } from '../auth/authorize.ts'
import { requireOwnCommit } from '../auth/own-commit.ts'
import type { Principal } from '../auth/principal.ts'
import { call, type Rpc } from '../http/rpc.ts'
import { createJsonHandler, type JsonHandlerPorts } from './json-handler.ts'

export interface ReportPorts extends JsonHandlerPorts {
  rpc: Rpc
  /** Creates an object of the bucket `registry`; an existing object is left as it is. */
  store: (path: string, content: string) => Promise<void>
  /** Removes objects of the bucket `registry`. */
  remove: (paths: string[]) => Promise<void>
}

/**
 * The handler of `registry_<kind>_sync/reports`: stores the findings of a validation or of a refused publish, for
 * collaborators, and removes those that are older than the policy allows. Every principal that may publish or write
 * previews may report.
 */
export function createReportHandler(ports: ReportPorts): (request: Request) => Promise<Response> {
  return createJsonHandler('registry_report', reportRequest, ports, async ({ body, principal, line }) => {
    Object.assign(line, { report: body.id, verdict: body.verdict })
    const report = await keep(await authorized(body, principal, ports), ports)
    await prune(ports).catch((error: Error) => Object.assign(line, { prune: error.message }))
    return report
  })
}

/** The report with the name that the credentials prove. */
async function authorized(
  report: ReportRequest,
  principal: Principal | undefined,
  { rpc }: ReportPorts,
): Promise<ReportRequest> {
  if (principal) requireOwnCommit(principal, report.commit, false)
  if (principal?.token) await claimToken(principal.token, report.key, rpc)
  return { ...report, actor: principal?.actor ?? report.actor }
}

/** Stores the manifests first, so that a stored report never names a missing manifest. */
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
