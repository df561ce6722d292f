import { JSON_TYPE, type RouteAnswer } from '../http/answer.ts'

/** The memory for answers in one process, in characters of their texts. */
const MOST = 16_000_000
/** A longer text is composed each time, so that a few do not displace all others. */
const LONGEST = 1_000_000

export interface MemoryLimits {
  /** All texts together, characters. */
  most?: number
  /** One text, characters. */
  longest?: number
}

/** Answers as text by their keys, each with a note: the last used ones when there are too many. */
export interface TextMemory<Note> {
  has(key: string): boolean
  /** Counts as a use. */
  get(key: string): { answer: RouteAnswer; note: Note } | undefined
  /** Returns the answer with its body as text, also when it is too long to be remembered. */
  set(key: string, answer: RouteAnswer, note: Note): RouteAnswer
  delete(key: string): void
  clear(): void
}

export function createTextMemory<Note>({
  most = MOST,
  longest = LONGEST,
}: MemoryLimits = {}): TextMemory<Note> {
  const entries = new Map<string, { answer: RouteAnswer; note: Note; size: number }>()
  let total = 0
  const drop = (key: string) => {
    total -= entries.get(key)?.size ?? 0
    entries.delete(key)
  }
  return {
    has: (key) => entries.has(key),
    get(key) {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      entries.set(key, entry)
      return entry
    },
    set(key, answer, note) {
      const { asText, length } = renderText(answer)
      const size = length + key.length
      drop(key)
      if (size > longest) return asText
      entries.set(key, { answer: asText, note, size })
      total += size
      for (const oldest of entries.keys()) {
        if (total <= most) break
        drop(oldest)
      }
      return asText
    },
    delete: drop,
    clear() {
      entries.clear()
      total = 0
    },
  }
}

/** The answer with its body as text. */
function renderText(answer: RouteAnswer): { asText: RouteAnswer; length: number } {
  if (answer.content) return { asText: answer, length: answer.content.bytes.length }
  const { body, ...rest } = answer
  const bytes = JSON.stringify(body)
  return { asText: { ...rest, content: { type: JSON_TYPE, bytes } }, length: bytes.length }
}
