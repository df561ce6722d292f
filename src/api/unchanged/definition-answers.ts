import { oneAtATime } from '../../core/one-at-a-time.ts'
import type { RouteAnswer } from '../http/answer.ts'
import { isSameEvent, type NewestEvent } from '../http/tags.ts'
import { createTextMemory, type MemoryLimits } from './text-memory.ts'

/** An event, and the definition that it moved (`agents/reviewer`). */
export interface Movement extends NewestEvent {
  definition: string
}

/** A state of the registry before an answer was begun; without meaning when everything was forgotten since. */
export interface Since {
  seq: number
  /** Counts how often everything was forgotten. */
  round: number
}

/** An answer about several definitions. */
export interface WholeAnswer {
  answer: RouteAnswer
  /** The newest event in the state of the registry that it was read from. */
  newest: NewestEvent
  /** Whether the answer depends on a definition, by name. */
  touches: (definition: string) => boolean
}

/**
 * Answers that stay valid until an event moves what they depend on: one definition, whose name is the key, or some.
 */
export interface DefinitionAnswers {
  has(key: string): boolean
  /** The answer, if nothing moved what it depends on between its composing and `newest`. */
  find(newest: NewestEvent, key: string): Promise<RouteAnswer | undefined>
  /** The last known state; undefined before the first one. */
  since(): Since | undefined
  /**
   * Remembers an answer unless its definition moved while it was composed.
   * @param composed the answer, with what `since` returned before it was begun, and the newest event after its end
   * @returns the answer with its body as text
   */
  keep(
    definition: string,
    composed: { answer: RouteAnswer; since: Since; newest: NewestEvent },
  ): Promise<RouteAnswer>
  /** Remembers an answer that was read from one state of the registry, unless a later state is known already. */
  keepWhole(key: string, whole: WholeAnswer): Promise<void>
}

/** What an answer was composed from; `touches` unless it is about the definition of its key. */
interface Note extends Since {
  touches?: (definition: string) => boolean
}

export interface DefinitionAnswersOptions extends MemoryLimits {
  /**
   * The events after one that was the newest, in order. Undefined when they are too many, or when that event is gone: the
   * registry was restored, or does not keep events of that age.
   */
  readMoves: (since: NewestEvent) => Promise<Movement[] | undefined>
}

/** So many moved definitions are known at a time. */
const MOST_MOVED = 10_000

/**
 * Remembers answers, and which definitions moved since the first of them. Events are read once for each new state, for
 * all answers. The answers have to depend on nothing but their definition.
 */
export function createDefinitionAnswers({
  readMoves,
  ...limits
}: DefinitionAnswersOptions): DefinitionAnswers {
  const answers = createTextMemory<Note>(limits)
  const { enter, isUnmoved, movedSince, since } = followMoves(readMoves, answers.clear)
  const isValid = (key: string, note: Note) => {
    const { touches } = note
    if (!touches) return isUnmoved(key, note)
    if (movedSince(note)?.some(touches) ?? true) return false
    // What moved until now need not be compared again.
    Object.assign(note, since())
    return true
  }
  return {
    has: answers.has,
    async find(newest, key) {
      await enter(newest)
      const entry = answers.get(key)
      if (entry && isValid(key, entry.note)) return entry.answer
      answers.delete(key)
      return undefined
    },
    since,
    async keep(definition, composed) {
      await enter(composed.newest)
      const asText = answers.set(definition, composed.answer, composed.since)
      if (!isUnmoved(definition, composed.since)) answers.delete(definition)
      return asText
    },
    async keepWhole(key, { answer, newest, touches }) {
      // To go back to an earlier state would mean that the registry was restored, and everything would be forgotten.
      if ((since()?.seq ?? 0) > newest.seq) return
      const state = await enter(newest)
      if (state) answers.set(key, answer, { ...state, touches })
    },
  }
}

/**
 * Follows the registry from state to state, and knows which definitions moved on the way.
 * @param onLoss called when the way from the last known state is unknown
 */
function followMoves(readMoves: DefinitionAnswersOptions['readMoves'], onLoss: () => void) {
  /** The last event of each definition that moved. */
  const moved = new Map<string, number>()
  let state: NewestEvent | undefined
  let round = 0
  const begin = (newest: NewestEvent) => {
    onLoss()
    moved.clear()
    round += 1
    state = newest
  }
  const follow = async (newest: NewestEvent) => {
    const from = state
    const moves = from && newest.seq > from.seq ? await readMoves(from) : undefined
    // What happened after `newest` is left to the caller who sees it.
    const own = moves?.filter(({ seq }) => seq <= newest.seq)
    if (!own || !isSameEvent(own.at(-1), newest) || moved.size + own.length > MOST_MOVED) return begin(newest)
    for (const { definition, seq } of own) moved.set(definition, seq)
    state = newest
  }
  const inLine = oneAtATime()
  const since = (): Since | undefined => state && { seq: state.seq, round }
  /** Returns the state that was entered, if it is still the last known one. */
  const enter = async (newest: NewestEvent) => {
    if (!isSameEvent(state, newest)) await inLine(async () => isSameEvent(state, newest) || follow(newest))
    return isSameEvent(state, newest) ? since() : undefined
  }
  return {
    enter,
    isUnmoved: (definition: string, since: Since) =>
      since.round === round && (moved.get(definition) ?? 0) <= since.seq,
    /** The definitions that moved after a state; undefined when it was forgotten. */
    movedSince: (since: Since): string[] | undefined => {
      if (since.round !== round) return undefined
      if (since.seq === state?.seq) return []
      return [...moved].filter(([, last]) => last > since.seq).map(([name]) => name)
    },
    since,
  }
}
