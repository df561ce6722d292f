import { entry } from '../src/api/entry.ts'
import { showHealth } from '../src/api/routes/show-health.ts'

export default entry([showHealth])
