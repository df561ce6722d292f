import type { RouteAnswer } from './http/answer.ts'
import { fingerprint, type NewestEvent, registryTag } from './http/tags.ts'
import { sightOf } from './reads/sight.ts'
import type { RouteCall } from './route.ts'
import type { ComposedAnswer } from './unchanged/answer-cache.ts'

/**
 * Answers with 304 what the caller has already, from memory what was composed since the registry's last change, and
 * composes everything else.
 * @param what everything that the answer depends on besides the registry
 * @param readsMark whether an answer has the mark, so that no other query has to read it
 * @returns the answer with its tag; in a preview without one, since no number shows when production changes
 */
export async function composeOnce(
  call: RouteCall,
  what: unknown,
  compose: () => Promise<ComposedAnswer>,
  readsMark = false,
): Promise<RouteAnswer> {
  const { env, ports, url, conditional } = call
  if (env !== undefined) return (await compose()).answer
  const key = fingerprint({ what, path: url.pathname, search: url.search })
  const cache = isShared(call) ? ports.answers : undefined
  // Only an answer that is not in memory is composed in any case, and need not wait for the state.
  const isLikely = conditional || cache?.has(key)
  const shared = async () => (cache ? cache.share(key, compose) : { ...(await compose()), own: true })
  const composing = isLikely ? undefined : shared()
  const reading =
    composing && readsMark
      ? composing.then((composed) => (composed.own ? stateOf(composed) : ports.newest()))
      : ports.newest()
  const [newest, early] = await Promise.all([reading, composing])
  if (newest === undefined) return (early ?? (await compose())).answer
  const etag = registryTag(newest, what)
  if (conditional && call.matches(etag)) return { status: 304, etag }
  const earlier = early ? undefined : cache?.find(newest, key)
  if (earlier) return earlier
  const first = early ?? (await shared())
  // An answer that an earlier caller began to compose may lack what was written before this call.
  const { seq, answer } = first.own || first.seq === newest.seq ? first : await compose()
  // The registry changed meanwhile: the answer belongs to another state, whose mark is unknown.
  if (seq !== newest.seq) return answer
  const tagged = { ...answer, etag }
  return cache?.keep(newest, key, tagged) ?? tagged
}

/** The state of the registry that an answer belongs to; of an empty registry nothing is known. */
function stateOf({ seq, mark }: ComposedAnswer): NewestEvent | undefined {
  return mark === undefined ? undefined : { seq, mark }
}

/** Whether every caller with the same rights gets the same answer: a user's token has rights of its own. */
export function isShared(call: RouteCall): boolean {
  return sightOf(call).inner || call.client === call.ports.reader()
}
