import { serveKind } from '../../../src/edge/serve-function.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'

serveKind(skills)
