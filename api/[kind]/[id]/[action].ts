import { entry } from '../../../src/api/entry.ts'
import { compareDefinition } from '../../../src/api/routes/compare.ts'
import { diffVersions } from '../../../src/api/routes/diff-versions.ts'
import { instantiateDefinition } from '../../../src/api/routes/instantiate.ts'
import { promoteDefinition } from '../../../src/api/routes/moves/promote.ts'
import { rollbackDefinition } from '../../../src/api/routes/moves/rollback.ts'
import { showIncident } from '../../../src/api/routes/moves/show-incident.ts'
import { disableDefinition, enableDefinition } from '../../../src/api/routes/moves/switch.ts'
import { undeleteDefinition } from '../../../src/api/routes/moves/undelete.ts'
import { undoRelease } from '../../../src/api/routes/moves/undo-release.ts'
import { testWebhook } from '../../../src/api/routes/operations/webhooks.ts'
import { redirectToBundle } from '../../../src/api/routes/redirect-to-bundle.ts'
import { showGraph } from '../../../src/api/routes/show-graph.ts'
import { showLinks } from '../../../src/api/routes/show-links.ts'
import { showLive } from '../../../src/api/routes/show-live.ts'

export default entry(
  [
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
  ['kind', 'id', 'action'],
)
