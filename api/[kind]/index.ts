// A path of one segment below /api has a kind or a fixed word in it.
import { entry } from '../../src/api/entry.ts'
import { listDefinitions } from '../../src/api/routes/list-definitions.ts'
import { listKinds } from '../../src/api/routes/list-kinds.ts'

export default entry([listKinds, listDefinitions], ['kind'])
