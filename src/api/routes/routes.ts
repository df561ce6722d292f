import type { Route } from '../route.ts'
import { diffVersions } from './diff-versions.ts'
import { instantiateDefinition } from './instantiate.ts'
import { listDefinitions } from './list-definitions.ts'
import { listEvents } from './list-events.ts'
import { listReleases } from './list-releases.ts'
import { listVersions } from './list-versions.ts'
import { promoteDefinition } from './promote.ts'
import { receiveDeliveries } from './receive-deliveries.ts'
import { redirectToBundle } from './redirect-to-bundle.ts'
import { rollbackDefinition } from './rollback.ts'
import { showDefinition } from './show-definition.ts'
import { showHealth } from './show-health.ts'
import { createShowOpenapi } from './show-openapi.ts'
import { showSchema } from './show-schema.ts'
import { showVersion } from './show-version.ts'
import { disableDefinition, enableDefinition } from './switch.ts'
import { validateDefinition } from './validate.ts'

export const showOpenapi: Route = createShowOpenapi(() => ROUTES)

/** Every operation of the API. A path of fixed words comes before one with a kind in their place. */
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
  disableDefinition,
  enableDefinition,
  promoteDefinition,
  instantiateDefinition,
]
