// A path of one segment below /api has a kind or a fixed word in it.
import { entry } from '../../src/api/entry.ts'
import { listDefinitions } from '../../src/api/routes/list-definitions.ts'
import { listKinds } from '../../src/api/routes/list-kinds.ts'
import { listRules } from '../../src/api/routes/list-rules.ts'
import { listInstantiations } from '../../src/api/routes/operations/instantiations.ts'
import { listPreviews } from '../../src/api/routes/operations/previews.ts'
import { listReports } from '../../src/api/routes/operations/reports.ts'
import { listRuns } from '../../src/api/routes/operations/runs.ts'
import { listWebhooks } from '../../src/api/routes/operations/webhooks.ts'
import { showSession } from '../../src/api/routes/session/show-session.ts'

export default entry(
  [
    showSession,
    listKinds,
    listRules,
    listPreviews,
    listReports,
    listWebhooks,
    listInstantiations,
    listRuns,
    listDefinitions,
  ],
  ['kind'],
)
