import { entry } from '../src/api/entry.ts'
import { ROUTES } from '../src/api/routes/routes.ts'
import { showOpenapi } from '../src/api/routes/show-openapi.ts'

export default entry([showOpenapi(() => ROUTES)])
