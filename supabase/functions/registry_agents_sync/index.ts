import { serveKind } from '../../../src/edge/serve-function.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'

serveKind(agents)
