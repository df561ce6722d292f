import * as z from 'zod'
import { liveAt, parsePast } from '../../core/live-at.ts'
import type { DatedRevision } from '../../core/registry/revision.ts'
import { definitionPath, phrase } from '../http/parameters.ts'
import { revisionSummary } from '../reads/shapes.ts'
import { type Call, defineRoute } from '../route.ts'

const query = z.strictObject({
  at: phrase(40).describe('A time in the past, ISO 8601 with its zone; a date alone is its start in UTC.'),
})

const instant = z.iso.datetime()

const answer = z.strictObject({
  at: instant,
  live: revisionSummary.nullable().describe('The version that readers got then; null if none was live.'),
  gone: revisionSummary
    .nullable()
    .describe(
      'The version that had removed or disabled the definition; null if it was live, or never had been.',
    ),
  until: instant.nullable().describe('Until when that was so; null if it is so today.'),
})

/** `GET /api/:kind/:id/live?at=`: the version that was live at a time. For publishers, as the whole history. */
export const showLive = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id/live',
  name: 'showLive',
  summary: 'Show which version was live at a time.',
  access: 'publisher',
  params: definitionPath,
  query,
  responses: {
    200: { description: 'The version, or why there was none.', schema: answer },
    404: { description: 'The definition does not exist.' },
  },
  handle: async (call: Call<z.infer<typeof definitionPath>, z.infer<typeof query>>) => {
    const { kind, params, ports } = call
    const time = parsePast(call.query.at, Date.now())
    const { at, live, gone } = await liveAt(ports.registry, kind.id, params.id, time)
    const until = (live ?? gone)?.until ?? null
    return { body: { at, live: live && toSummary(live), gone: gone && toSummary(gone), until } }
  },
})

function toSummary(revision: DatedRevision): z.infer<typeof revisionSummary> {
  const { commit, withdrawn, state, until: _, ...rest } = revision
  return {
    ...rest,
    status: state,
    commitSha: commit.sha,
    commitRank: commit.rank,
    commitRef: commit.ref ?? null,
    dirty: commit.dirty,
    withdrawnAt: withdrawn?.at ?? null,
  }
}
