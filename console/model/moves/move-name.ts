/** What moves one definition. */
export const VERBS = ['rollback', 'promote', 'disable', 'enable', 'undelete'] as const
export type Verb = (typeof VERBS)[number]

/** A move that somebody is about to make. */
export type Move =
  | { verb: Verb; kind: string; id: string; version?: number }
  | { verb: 'undo'; release: string }

/** A move as an address names it: `rollback:agents/reviewer@2`, `undo:4f2a9c1b`. */
export function nameMove(move: Move): string {
  if (move.verb === 'undo') return `undo:${move.release}`
  const { verb, kind, id, version } = move
  return `${verb}:${kind}/${id}${version === undefined ? '' : `@${version}`}`
}

const ONE = /^([a-z]+):([\w.-]+)\/([\w.-]+?)(?:@([1-9]\d{0,9}))?$/

/** The move that an address names; undefined for a text that names none. */
export function readMove(name: string | null): Move | undefined {
  const [, release] = /^undo:([\w-]+)$/.exec(name ?? '') ?? []
  if (release !== undefined) return { verb: 'undo', release }
  const [, word, kind, id, version] = ONE.exec(name ?? '') ?? []
  const verb = VERBS.find((one) => one === word)
  if (!verb || kind === undefined || id === undefined) return undefined
  return { verb, kind, id, ...(version === undefined ? {} : { version: Number(version) }) }
}

/** The move that takes back what a move did. */
export function reverseMove(move: Move, releaseId: string): Move {
  if (move.verb === 'disable') return { verb: 'enable', kind: move.kind, id: move.id }
  if (move.verb === 'enable') return { verb: 'disable', kind: move.kind, id: move.id }
  return { verb: 'undo', release: releaseId }
}
