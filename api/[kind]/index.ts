import { entry } from '../../src/api/entry.ts'
import { listDefinitions } from '../../src/api/routes/list-definitions.ts'

export default entry([listDefinitions], ['kind'])
