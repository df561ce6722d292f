import type { RouteAnswer } from '../http/answer.ts'
import { isSameEvent, type NewestEvent } from '../http/tags.ts'
import { createTextMemory, type MemoryLimits } from './text-memory.ts'

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

/** Keeps answers of one state of the registry. */
export function createAnswerCache(limits: MemoryLimits = {}): AnswerCache {
  const answers = createTextMemory<undefined>(limits)
  let state: NewestEvent | undefined
  const enter = (newest: NewestEvent) => {
    if (!isSameEvent(state, newest)) answers.clear()
    state = newest
  }
  return {
    share: shareComposing(),
    has: answers.has,
    find(newest, key) {
      enter(newest)
      return answers.get(key)?.answer
    },
    keep(newest, key, answer) {
      enter(newest)
      return answers.set(key, answer, undefined)
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
