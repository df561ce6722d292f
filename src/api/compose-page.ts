import { Failure } from '../contract/failure.ts'
import { composeOnce, isShared } from './compose-once.ts'
import type { RouteAnswer } from './http/answer.ts'
import { fingerprint, registryTag } from './http/tags.ts'
import type { RouteCall } from './route.ts'
import type { ComposedAnswer } from './unchanged/answer-cache.ts'

/** Where a page of a list by id begins and ends. */
export interface PageRange {
  kind: string
  /** The id before its first one. */
  after: string
  /** The first id of the next page, without which this one would be the last; undefined for the last page. */
  last: string | undefined
}

/** A page, and its place in a list by id whose entries depend on nothing but their definitions. */
export interface ComposedPage extends ComposedAnswer {
  range?: PageRange | undefined
}

/**
 * Gives a page of a public list from memory until an event moves a definition in its range; composes it as `composeOnce`
 * does otherwise. Its tag is that of the newest event nevertheless, as if it had been composed now.
 * @param what everything that the page depends on besides the registry
 */
export async function composePage(
  call: RouteCall,
  what: unknown,
  compose: () => Promise<ComposedPage>,
): Promise<RouteAnswer> {
  const { env, ports, url, principal } = call
  const { definitions } = ports
  if (!definitions || env !== undefined || principal !== undefined || !isShared(call))
    return composeOnce(call, what, compose, true)
  const key = `page ${fingerprint({ what, path: url.pathname, search: url.search })}`
  if (definitions.has(key)) {
    const newest = await ports.newest()
    const etag = registryTag(newest, what)
    if (call.conditional && call.matches(etag)) return { status: 304, etag }
    const earlier = await definitions.find(newest, key)
    if (earlier) return { ...earlier, etag }
  }
  let page: ComposedPage | undefined
  const answer = await composeOnce(
    call,
    what,
    async () => {
      page = await compose()
      return page
    },
    true,
  )
  const { seq, mark, range } = page ?? {}
  if (!range || seq === undefined || mark === undefined || !answer.content) return answer
  await definitions
    .keepWhole(key, { answer, newest: { seq, mark }, touches: (one) => isWithin(range, one) })
    .catch(onlyFailures)
  return answer
}

/** Ids are ASCII, so JavaScript and the database order them alike. */
function isWithin({ kind, after, last }: PageRange, definition: string): boolean {
  if (!definition.startsWith(`${kind}/`)) return false
  const id = definition.slice(kind.length + 1)
  return id > after && (last === undefined || id <= last)
}

/** The registry stopped answering: what it answered before is right nevertheless. */
function onlyFailures(error: unknown): void {
  if (!(error instanceof Failure)) throw error
}
