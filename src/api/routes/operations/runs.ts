import * as z from 'zod'
import { Failure } from '../../../contract/failure.ts'
import { definitionId } from '../../../contract/fields/id.ts'
import { badCursor, decodeCursor, encodeCursor, nextLink } from '../../http/cursor.ts'
import { cursorText, pageSize } from '../../http/parameters.ts'
import { fingerprint } from '../../http/tags.ts'
import type { ApiPorts } from '../../ports.ts'
import { RUN_STATES, type Runs, runDetail, runList, runPlace } from '../../reads/run-shapes.ts'
import { defineRoute, type RouteCall } from '../../route.ts'

const query = z.strictObject({
  state: z.enum(RUN_STATES).optional().describe('Only runs in this state.'),
  template: definitionId.optional().describe('Only runs of plans of this template.'),
  planId: z.uuid().optional().describe('Only runs of this plan.'),
  limit: pageSize,
  cursor: cursorText.optional(),
})

const place = runPlace.extend({ q: z.string() })

/** `GET /api/runs`: the runs of workers. */
export const listRuns = defineRoute({
  method: 'GET',
  path: '/api/runs',
  name: 'listRuns',
  summary: 'List the runs of `nofx worker run` in the folder of `nofx dev`, newest first.',
  access: 'publisher',
  previews: false,
  query,
  responses: {
    200: {
      description: 'One page, which may have fewer runs than `limit`. The header `Link` names the next one.',
      schema: runList,
    },
    404: { description: 'This place has no runs: a deployment does not see those of its workers.' },
  },
  handle: async (call: RouteCall<unknown, z.infer<typeof query>>) => {
    const { ports, url } = call
    const { limit, cursor, ...filters } = call.query
    const runs = requireRuns(ports)
    const q = fingerprint(filters)
    const from = cursor === undefined ? undefined : decodeCursor(cursor, place, undefined)
    if (from && from.q !== q)
      throw badCursor('it belongs to another list; repeat the filters of the first page')
    const after = from && { at: from.at, id: from.id }
    const { items, next, problem } = await runs.list({ ...filters, limit, after })
    const nextCursor = next && encodeCursor({ ...next, q }, undefined)
    return {
      body: { items, nextCursor, problem },
      ...(nextCursor === null ? {} : { headers: { link: nextLink(url, nextCursor, undefined) } }),
    }
  },
})

const params = z.object({ runId: z.string().regex(/^[0-9a-f]{12}$/) })

/** `GET /api/runs/:runId`: one run with its steps. */
export const showRun = defineRoute({
  method: 'GET',
  path: '/api/runs/:runId',
  name: 'showRun',
  summary:
    'Show one run: its steps, the agents that take them, attempts, outputs, and what waits for an approval.',
  access: 'publisher',
  previews: false,
  params,
  responses: {
    200: { description: 'The run.', schema: runDetail },
    404: { description: 'The run does not exist, or this place has no runs.' },
  },
  handle: async ({ params, ports }: RouteCall<{ runId: string }>) => {
    const detail = await requireRuns(ports).show(params.runId)
    if (detail) return { body: detail }
    throw new Failure('NOT_FOUND', `the run "${params.runId}" does not exist`, 'see: /api/runs')
  },
})

/** @throws Failure NOT_FOUND where no runs can be seen */
function requireRuns({ runs }: ApiPorts): Runs {
  if (runs) return runs
  throw new Failure(
    'NOT_FOUND',
    'this registry does not see the runs of its workers',
    'see them in the folder where nofx worker run was started: nofx dev',
  )
}
