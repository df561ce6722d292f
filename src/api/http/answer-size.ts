import { JSON_TYPE, type RouteAnswer } from './answer.ts'
import { refuse } from './problem.ts'

/** The largest list of definitions, bytes: platforms limit the size of an answer. */
export const MAX_ANSWER = 4_000_000

/**
 * The refusal of a list that does not fit into an answer of a platform.
 * @param what the list, with the number of its entries
 * @param hint how to ask for a part of it
 */
export function answerTooLarge(what: string, hint: string) {
  return refuse(422, 'ANSWER_TOO_LARGE', `${what} is larger than an answer may be`, hint)
}

/**
 * A list as an answer.
 * @throws what `refusal` makes, if the list does not fit into an answer of a platform
 */
export function answerOfSize(body: object, refusal: () => Error): Required<Pick<RouteAnswer, 'content'>> {
  const bytes = JSON.stringify(body)
  if (Buffer.byteLength(bytes) > MAX_ANSWER) throw refusal()
  return { content: { type: JSON_TYPE, bytes } }
}
