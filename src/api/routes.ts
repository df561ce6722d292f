import type { Route } from './route.ts'
import { diffVersions } from './routes/diff-versions.ts'
import { instantiateDefinition } from './routes/instantiate.ts'
import { listDefinitions } from './routes/list-definitions.ts'
import { listEvents } from './routes/list-events.ts'
import { listReleases } from './routes/list-releases.ts'
import { listVersions } from './routes/list-versions.ts'
import { promoteDefinition } from './routes/promote.ts'
import { receiveDeliveries } from './routes/receive-deliveries.ts'
import { redirectToBundle } from './routes/redirect-to-bundle.ts'
import { rollbackDefinition } from './routes/rollback.ts'
import { showDefinition } from './routes/show-definition.ts'
import { showHealth } from './routes/show-health.ts'
import { showOpenapi } from './routes/show-openapi.ts'
import { showSchema } from './routes/show-schema.ts'
import { showVersion } from './routes/show-version.ts'
import { validateDefinition } from './routes/validate.ts'

/** Every operation of the API. Paths of fixed words come before those with a kind in their place. */
export const ROUTES: readonly Route[] = [
  showHealth,
  showOpenapi,
  listReleases,
  listEvents,
  receiveDeliveries,
  showSchema,
  listDefinitions,
  showDefinition,
  listVersions,
  showVersion,
  redirectToBundle,
  diffVersions,
  validateDefinition,
  rollbackDefinition,
  promoteDefinition,
  instantiateDefinition,
]
