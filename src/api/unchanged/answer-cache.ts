import type { RouteAnswer } from '../http/answer.ts'
import type { NewestEvent } from '../http/tags.ts'

/** The memory for answers in one process, in characters of their texts. */
const MOST = 16_000_000
/** A longer text is composed each time, so that a few do not displace all others. */
const LONGEST = 1_000_000
const JSON_TYPE = 'application/json; charset=utf-8'

/** An answer with a JSON body, and the newest event when it was composed. */
export interface ComposedAnswer {
  seq: number
  /** The mark of that event, where the same query reads it. */
  mark?: string | undefined
  answer: RouteAnswer
}

export interface AnswerCache {
  /**
   * Composes an answer, or waits for the same one that an earlier caller began to compose (`own` is then false): it may be
   * of a state that was over when this caller came.
   */
  share(key: string, compose: () => Promise<ComposedAnswer>): Promise<ComposedAnswer & { own: boolean }>
  /** The answer that was composed in this state of the registry. */
  find(newest: NewestEvent, key: string): RouteAnswer | undefined
  /** Whether there is an answer of the last known state. */
  has(key: string): boolean
  /** Returns the answer as it is kept, so that its body is turned into text once. */
  keep(newest: NewestEvent, key: string, answer: RouteAnswer): RouteAnswer
}

/** Keeps answers of one state of the registry, the last used ones when there are too many. */
export function createAnswerCache({ most = MOST, longest = LONGEST } = {}): AnswerCache {
  const answers = new Map<string, { answer: RouteAnswer; size: number }>()
  let state: NewestEvent | undefined
  let total = 0
  const drop = (key: string) => {
    total -= answers.get(key)?.size ?? 0
    answers.delete(key)
  }
  const enter = (newest: NewestEvent) => {
    if (newest.seq !== state?.seq || newest.mark !== state.mark) for (const key of answers.keys()) drop(key)
    state = newest
  }
  return {
    share: shareComposing(),
    has: (key) => answers.has(key),
    find(newest, key) {
      enter(newest)
      const entry = answers.get(key)
      if (!entry) return undefined
      answers.delete(key)
      answers.set(key, entry)
      return entry.answer
    },
    keep(newest, key, answer) {
      const { asText, length } = renderText(answer)
      const size = length + key.length
      if (size > longest) return asText
      enter(newest)
      drop(key)
      answers.set(key, { answer: asText, size })
      total += size
      for (const oldest of answers.keys()) {
        if (total <= most) break
        drop(oldest)
      }
      return asText
    },
  }
}

function shareComposing(): AnswerCache['share'] {
  const running = new Map<string, Promise<ComposedAnswer>>()
  return async (key, compose) => {
    const begun = running.get(key)
    if (begun) return { ...(await begun), own: false }
    const started = compose().finally(() => running.delete(key))
    running.set(key, started)
    return { ...(await started), own: true }
  }
}

/** The answer with its body as text. */
function renderText({ body, ...rest }: RouteAnswer): { asText: RouteAnswer; length: number } {
  const bytes = JSON.stringify(body)
  return { asText: { ...rest, content: { type: JSON_TYPE, bytes } }, length: bytes.length }
}
