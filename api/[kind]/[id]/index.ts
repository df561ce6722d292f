import { entry } from '../../../src/api/entry.ts'
import { showDefinition } from '../../../src/api/routes/show-definition.ts'
import { showRelease } from '../../../src/api/routes/show-release.ts'
import { showSchema } from '../../../src/api/routes/show-schema.ts'
import { validateDefinition } from '../../../src/api/routes/validate.ts'

// The platform reads two path segments below /api as kind and
// id, whatever other files exist: also releases, schemas and validate.
export default entry([showRelease, showSchema, validateDefinition, showDefinition], ['kind', 'id'])
