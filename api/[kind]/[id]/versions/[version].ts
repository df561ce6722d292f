import { entry } from '../../../../src/api/entry.ts'
import { showVersion } from '../../../../src/api/routes/show-version.ts'

export default entry([showVersion], ['kind', 'id', 'version'])
