import { serveKind } from '../../../src/edge/serve-function.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'

serveKind(templates)
