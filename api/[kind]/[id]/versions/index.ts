import { entry } from '../../../../src/api/entry.ts'
import { listVersions } from '../../../../src/api/routes/list-versions.ts'

export default entry([listVersions], ['kind', 'id'])
