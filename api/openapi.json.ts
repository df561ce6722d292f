import { entry } from '../src/api/entry.ts'
import { showOpenapi } from '../src/api/routes/routes.ts'

export default entry([showOpenapi])
