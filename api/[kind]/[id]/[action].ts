import { entry } from '../../../src/api/entry.ts'
import { diffVersions } from '../../../src/api/routes/diff-versions.ts'
import { instantiateDefinition } from '../../../src/api/routes/instantiate.ts'
import { promoteDefinition } from '../../../src/api/routes/promote.ts'
import { redirectToBundle } from '../../../src/api/routes/redirect-to-bundle.ts'
import { rollbackDefinition } from '../../../src/api/routes/rollback.ts'
import { disableDefinition, enableDefinition } from '../../../src/api/routes/switch.ts'

export default entry(
  [
    redirectToBundle,
    diffVersions,
    rollbackDefinition,
    disableDefinition,
    enableDefinition,
    promoteDefinition,
    instantiateDefinition,
  ],
  ['kind', 'id', 'action'],
)
