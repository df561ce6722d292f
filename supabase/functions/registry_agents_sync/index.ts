import { agents } from '../../../src/plugins/agents/kind.ts'
import { serve } from '../_shared/serve.ts'

serve(agents)
