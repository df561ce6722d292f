import type * as z from 'zod'
import { isLiveState } from '../../contract/fields/is-live.ts'
import { nameOf } from '../../contract/name.ts'
import { composeForDefinition } from '../compose-for-definition.ts'
import type { RouteAnswer } from '../http/answer.ts'
import { definitionTag, innerOf } from '../http/inner-head.ts'
import { definitionPath } from '../http/parameters.ts'
import { headTag } from '../http/tags.ts'
import { type PublicHead, requireHead } from '../reads/read-heads.ts'
import { requireRevision, toPublicRevision, type Which } from '../reads/read-revisions.ts'
import { definition } from '../reads/shapes.ts'
import { sightOf } from '../reads/sight.ts'
import { defineRoute, type RouteCall } from '../route.ts'

type ShowCall = RouteCall<z.infer<typeof definitionPath>>

/** `GET /api/:kind/:id`: the live version of one definition. */
export const showDefinition = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id',
  name: 'showDefinition',
  summary: 'Show one definition with its manifest and texts.',
  access: 'public',
  params: definitionPath,
  responses: {
    200: {
      description: 'The live version; for publishers the newest draft when none is live.',
      schema: definition,
    },
    304: { description: 'Not modified since the answer with this ETag.' },
    404: { description: 'The definition does not exist or is not public.' },
    410: { description: 'The content was withdrawn and deleted.' },
  },
  handle: (call: ShowCall) => {
    const which = { kind: call.kind, id: call.params.id }
    return composeForDefinition(call, nameOf({ kind: call.kind.id, id: which.id }), () => show(call, which))
  },
})

async function show(call: ShowCall, which: Which): Promise<RouteAnswer> {
  const { client, ports, matches } = call
  const kind = which.kind.id
  const sight = sightOf(call)
  const head = await requireHead(client, which)
  const whole = sight.inner ? await ports.registry.head(kind, which.id) : undefined
  const inner = whole && innerOf(whole)
  const tagFor = (digest: string) => definitionTag(headTag({ ...head, digest }), head.updatedAt, inner)
  const etag = tagFor(head.digest)
  const cacheTags = [`registry-${kind}`, `registry-${kind}-${which.id}`]
  if (matches(etag)) return { status: 304, etag, cacheTags }
  const row = await requireRevision(sight, which, head.version ?? undefined)
  return {
    body: { ...toPublicRevision(row), ...describePlace(head, row), ...inner },
    // When only a draft exists, a newer draft may have appeared
    // between the two reads: the tag is that of the one sent.
    etag: tagFor(row.digest),
    cacheTags,
  }
}

/** What a reader may know of a definition beside its version. The newest version of all would reveal a draft. */
function describePlace(head: PublicHead, row: { version: number; createdAt: string }) {
  const { state, version, updatedAt, previousVersion, rollbackAdvice } = head
  const live = version !== null && isLiveState(state)
  return {
    status: state,
    live,
    liveSince: live ? row.createdAt : null,
    latestVersion: row.version,
    updatedAt,
    previousVersion,
    rollbackAdvice,
  }
}
