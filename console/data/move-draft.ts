import type { Sent } from './moves.ts'

/** What somebody has typed for a move, kept in this tab until there is an answer: a reload loses nothing. */
export interface MoveDraft {
  /** The move, as an address names it, and the environment. */
  name: string
  reason: string
  /** Makes a repetition of the same request give the first answer. */
  key: string
  /** The request whose answer is missing: it may have had its effect. */
  sent?: Sent
}

const DRAFT = 'nofx-move '

/** The draft of a move; a new one if none is kept. */
export function readDraft(name: string): MoveDraft {
  try {
    const draft = JSON.parse(sessionStorage.getItem(DRAFT + name) ?? '') as MoveDraft
    if (draft.name === name && typeof draft.reason === 'string' && typeof draft.key === 'string') return draft
  } catch {
    // Nothing is kept, or something else.
  }
  return { name, reason: '', key: newKey() }
}

/** Keeps a draft until there is an answer. */
export function keepDraft(draft: MoveDraft): void {
  sessionStorage.setItem(DRAFT + draft.name, JSON.stringify(draft))
}

/** Forgets the draft: the move has been made, or given up. */
export function dropDraft(name: string): void {
  sessionStorage.removeItem(DRAFT + name)
}

/** A key of 128 bits. `randomUUID` needs a secure context, which an address of the network is not. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
