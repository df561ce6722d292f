import { entry } from '../../../src/api/entry.ts'
import { showDefinition } from '../../../src/api/routes/show-definition.ts'
import { showSchema } from '../../../src/api/routes/show-schema.ts'
import { validateDefinition } from '../../../src/api/routes/validate.ts'

// Of two names below /api the platform makes kind and id, whatever other files there are: schemas and validate too.
export default entry([showSchema, validateDefinition, showDefinition], ['kind', 'id'])
