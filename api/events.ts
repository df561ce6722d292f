import { entry } from '../src/api/entry.ts'
import { listEvents } from '../src/api/routes/list-events.ts'

export default entry([listEvents])
