import { serveKind } from '../../../src/edge/serve-function.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'

serveKind(servers)
