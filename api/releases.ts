import { entry } from '../src/api/entry.ts'
import { listReleases } from '../src/api/routes/list-releases.ts'

export default entry([listReleases])
