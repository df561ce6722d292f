import { templates } from '../../../src/plugins/templates/kind.ts'
import { serve } from '../_shared/serve.ts'

serve(templates)
