import { cutConnections } from './cut-connections.ts'
import { cutWorkers } from './cut-workers.ts'
import { damageStorage } from './damage-storage.ts'
import { killDev } from './kill-dev.ts'
import { killPublishers } from './kill-publishers.ts'
import { killServer } from './kill-server.ts'
import { loseReplies } from './lose-replies.ts'
import { mixVerbs } from './mix-verbs.ts'
import { mutateDefinitions } from './mutate-definitions.ts'
import { receivers } from './receivers.ts'
import type { Scenario } from './scenario.ts'
import { terminateBackends } from './terminate-backends.ts'

/** All scenarios of `npm run fire`, in the order of docs/reliability.md. */
export const SCENARIOS: readonly Scenario[] = [
  mixVerbs,
  killPublishers,
  terminateBackends,
  killServer,
  cutConnections,
  loseReplies,
  damageStorage,
  cutWorkers,
  killDev,
  receivers,
  mutateDefinitions,
]
