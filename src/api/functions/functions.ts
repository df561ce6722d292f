import { DISCOVERY } from '../discovery/routes.ts'
import { type ApiEntry, entry } from '../entry.ts'
import type { Route } from '../route.ts'
import { compareDefinition } from '../routes/compare.ts'
import { diffVersions } from '../routes/diff-versions.ts'
import { instantiateDefinition } from '../routes/instantiate.ts'
import { listDefinitions } from '../routes/list-definitions.ts'
import { listEvents } from '../routes/list-events.ts'
import { listKinds } from '../routes/list-kinds.ts'
import { listReleases } from '../routes/list-releases.ts'
import { listRules } from '../routes/list-rules.ts'
import { listVersions } from '../routes/list-versions.ts'
import { callMcp } from '../routes/mcp/call-mcp.ts'
import { refuseMcpStream } from '../routes/mcp/refuse-mcp-stream.ts'
import { showMcpResource } from '../routes/mcp/show-mcp-resource.ts'
import { promoteDefinition } from '../routes/moves/promote.ts'
import { rollbackDefinition } from '../routes/moves/rollback.ts'
import { showIncident } from '../routes/moves/show-incident.ts'
import { disableDefinition, enableDefinition } from '../routes/moves/switch.ts'
import { undeleteDefinition } from '../routes/moves/undelete.ts'
import { undoRelease } from '../routes/moves/undo-release.ts'
import { listInstantiations, showInstantiation } from '../routes/operations/instantiations.ts'
import { listPreviews, showPreview } from '../routes/operations/previews.ts'
import { listReports, showReport } from '../routes/operations/reports.ts'
import { listRuns, showRun } from '../routes/operations/runs.ts'
import { listWebhooks, testWebhook } from '../routes/operations/webhooks.ts'
import { receiveDeliveries } from '../routes/receive-deliveries.ts'
import { redirectToBundle } from '../routes/redirect-to-bundle.ts'
import { ROUTES, showOpenapi } from '../routes/routes.ts'
import { endSession, refreshSession } from '../routes/session/keep-session.ts'
import { showSession } from '../routes/session/show-session.ts'
import { createSignInCode, signInByCode } from '../routes/session/sign-in-by-code.ts'
import { signInByPassword } from '../routes/session/sign-in-by-password.ts'
import { finishSignIn, startSignIn } from '../routes/session/sign-in-by-provider.ts'
import { showDefinition } from '../routes/show-definition.ts'
import { showGraph } from '../routes/show-graph.ts'
import { showHealth } from '../routes/show-health.ts'
import { showLinks } from '../routes/show-links.ts'
import { showLive } from '../routes/show-live.ts'
import { showRelease } from '../routes/show-release.ts'
import { showSchema } from '../routes/show-schema.ts'
import { showVersion } from '../routes/show-version.ts'
import { validateDefinition } from '../routes/validate.ts'

/** The routes that each Vercel function serves, by the path of its file in `api/`. */
export const FUNCTIONS = {
  health: [showHealth],
  'openapi.json': [showOpenapi],
  mcp: [callMcp, refuseMcpStream, showMcpResource],
  // vercel.json sends the public paths of discovery protocols here.
  discovery: DISCOVERY,
  releases: [listReleases],
  events: [listEvents],
  'events/deliveries': [receiveDeliveries],
  // A path of one segment below /api has a kind or a fixed word in it.
  '[kind]/index': [
    showSession,
    listKinds,
    listRules,
    listPreviews,
    listReports,
    listWebhooks,
    listInstantiations,
    listRuns,
    listDefinitions,
  ],
  // The platform reads two segments as kind and id, whatever other files exist.
  '[kind]/[id]/index': [
    startSignIn,
    finishSignIn,
    refreshSession,
    endSession,
    signInByCode,
    createSignInCode,
    signInByPassword,
    showRelease,
    showPreview,
    showReport,
    showInstantiation,
    showRun,
    showSchema,
    validateDefinition,
    showDefinition,
  ],
  '[kind]/[id]/[action]': [
    undoRelease,
    showIncident,
    testWebhook,
    redirectToBundle,
    diffVersions,
    showLinks,
    showGraph,
    showLive,
    compareDefinition,
    rollbackDefinition,
    disableDefinition,
    enableDefinition,
    promoteDefinition,
    undeleteDefinition,
    instantiateDefinition,
  ],
  '[kind]/[id]/versions/index': [listVersions],
  '[kind]/[id]/versions/[version]': [showVersion],
} satisfies Record<string, readonly Route[]>

/** The parts of a function's path that stand for any word: the platform repeats them in the query. */
export function listSegments(path: string): string[] {
  return [...path.matchAll(/\[(\w+)\]/g)].map(([, name = '']) => name)
}

/** The function of one file in `api/`. The tools of the MCP server call the other routes inside of their function. */
export function functionAt(path: keyof typeof FUNCTIONS): ApiEntry {
  return entry(FUNCTIONS[path], listSegments(path), path === 'mcp' ? { reachable: ROUTES } : {})
}
