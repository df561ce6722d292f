import { Failure } from '../contract/failure.ts'
import { isShared } from './compose-once.ts'
import type { RouteAnswer } from './http/answer.ts'
import type { RouteCall } from './route.ts'

/**
 * Gives an answer about one definition from memory until an event moves the definition, and composes it otherwise.
 * @param compose its answer depends on the definition and the rights of the caller alone, has a tag, and may be 304
 */
export async function composeForDefinition(
  call: RouteCall,
  definition: string,
  compose: () => Promise<RouteAnswer>,
): Promise<RouteAnswer> {
  const { env, ports, matches } = call
  const { definitions, newest } = ports
  if (!definitions || env !== undefined || call.principal !== undefined || !isShared(call)) return compose()
  const answer = definitions.has(definition) && (await definitions.find(await newest(), definition))
  if (answer) {
    const { etag, cacheTags } = answer
    return etag !== undefined && matches(etag) ? { status: 304, etag, cacheTags } : answer
  }
  const since = definitions.since()
  const fresh = await compose()
  if (fresh.body === undefined) return fresh
  try {
    // Read after the answer, so that a restore of an earlier state is noticed whatever happened meanwhile.
    const after = await newest()
    if (since) return await definitions.keep(definition, { answer: fresh, since, newest: after })
    // The state before the first answer of a process is unknown.
    await definitions.find(after, definition)
  } catch (error) {
    // The registry stopped answering: what it answered before is right nevertheless.
    if (!(error instanceof Failure)) throw error
  }
  return fresh
}
