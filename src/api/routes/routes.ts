import { DISCOVERY } from '../discovery/routes.ts'
import type { Route } from '../route.ts'
import { compareDefinition } from './compare.ts'
import { diffVersions } from './diff-versions.ts'
import { instantiateDefinition } from './instantiate.ts'
import { listDefinitions } from './list-definitions.ts'
import { listEvents } from './list-events.ts'
import { listKinds } from './list-kinds.ts'
import { listReleases } from './list-releases.ts'
import { listRules } from './list-rules.ts'
import { listVersions } from './list-versions.ts'
import { callMcp } from './mcp/call-mcp.ts'
import { refuseMcpStream } from './mcp/refuse-mcp-stream.ts'
import { showMcpResource } from './mcp/show-mcp-resource.ts'
import { promoteDefinition } from './moves/promote.ts'
import { rollbackDefinition } from './moves/rollback.ts'
import { showIncident } from './moves/show-incident.ts'
import { disableDefinition, enableDefinition } from './moves/switch.ts'
import { undeleteDefinition } from './moves/undelete.ts'
import { undoRelease } from './moves/undo-release.ts'
import { listInstantiations, showInstantiation } from './operations/instantiations.ts'
import { listPreviews, showPreview } from './operations/previews.ts'
import { listReports, showReport } from './operations/reports.ts'
import { listRuns, showRun } from './operations/runs.ts'
import { listWebhooks, testWebhook } from './operations/webhooks.ts'
import { receiveDeliveries } from './receive-deliveries.ts'
import { redirectToBundle } from './redirect-to-bundle.ts'
import { endSession, refreshSession } from './session/keep-session.ts'
import { showSession } from './session/show-session.ts'
import { createSignInCode, signInByCode } from './session/sign-in-by-code.ts'
import { signInByPassword } from './session/sign-in-by-password.ts'
import { finishSignIn, startSignIn } from './session/sign-in-by-provider.ts'
import { showDefinition } from './show-definition.ts'
import { showGraph } from './show-graph.ts'
import { showHealth } from './show-health.ts'
import { showLinks } from './show-links.ts'
import { showLive } from './show-live.ts'
import { createShowOpenapi } from './show-openapi.ts'
import { showRelease } from './show-release.ts'
import { showSchema } from './show-schema.ts'
import { showVersion } from './show-version.ts'
import { validateDefinition } from './validate.ts'

export const showOpenapi: Route = createShowOpenapi(() => ROUTES)

/** Every operation of the API. A path of fixed words comes before one with a kind in their place. */
export const ROUTES: readonly Route[] = [
  showHealth,
  showOpenapi,
  callMcp,
  refuseMcpStream,
  showMcpResource,
  ...DISCOVERY,
  showSession,
  startSignIn,
  finishSignIn,
  refreshSession,
  endSession,
  signInByCode,
  createSignInCode,
  signInByPassword,
  listKinds,
  listRules,
  listReleases,
  showRelease,
  undoRelease,
  showIncident,
  listEvents,
  receiveDeliveries,
  listPreviews,
  showPreview,
  listReports,
  showReport,
  listWebhooks,
  testWebhook,
  listInstantiations,
  showInstantiation,
  listRuns,
  showRun,
  showSchema,
  listDefinitions,
  showDefinition,
  listVersions,
  showVersion,
  redirectToBundle,
  diffVersions,
  showLinks,
  showGraph,
  showLive,
  validateDefinition,
  compareDefinition,
  rollbackDefinition,
  disableDefinition,
  enableDefinition,
  promoteDefinition,
  undeleteDefinition,
  instantiateDefinition,
]
