// vercel.json sends the public paths of discovery protocols here.

import { DISCOVERY } from '../src/api/discovery/routes.ts'
import { entry } from '../src/api/entry.ts'

export default entry(DISCOVERY)
