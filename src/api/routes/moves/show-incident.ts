import * as z from 'zod'
import { Failure } from '../../../contract/failure.ts'
import { INCIDENT_VERBS, type IncidentVerb } from '../../../core/moves/incident.ts'
import { readIncident } from '../../../core/moves/read-incident.ts'
import { releasePath } from '../../http/parameters.ts'
import { requireRelease } from '../../reads/read-releases.ts'
import { defineRoute, type RouteCall } from '../../route.ts'

const paragraph = z.strictObject({
  incident: z.string().describe('Markdown: what was done, by whom, why, what it reaches, how to undo it.'),
})

/** `GET /api/releases/:id/incident`: what the commands print for an incident channel. */
export const showIncident = defineRoute({
  method: 'GET',
  path: '/api/releases/:id/incident',
  name: 'showIncident',
  summary: 'Show the paragraph about a rollback, a promotion or a switch, for an incident channel.',
  access: 'publisher',
  // It reads the heads of all kinds.
  cost: 10,
  params: releasePath,
  responses: {
    200: { description: 'The paragraph.', schema: paragraph },
    404: { description: 'The release does not exist, or is of another origin.' },
  },
  handle: async ({ params, ports }: RouteCall<z.infer<typeof releasePath>>) => {
    const { registry, kinds, place } = ports
    const { id, origin, actor, reason, outcomes } = await requireRelease(registry, params.id)
    if (!isReported(origin))
      throw new Failure('NOT_FOUND', `a ${origin} has no paragraph`, `see: /api/releases/${id}`)
    const registryWithName = { ...registry, label: place?.name ?? registry.label }
    const result = { releaseId: id, replayed: false, dryRun: false, seq: 0, outcomes }
    const cause = { verb: origin, actor, reason: reason ?? undefined }
    return { body: { incident: await readIncident(registryWithName, kinds, result, cause) } }
  },
})

function isReported(origin: string): origin is IncidentVerb {
  return INCIDENT_VERBS.some((verb) => verb === origin)
}
