import type { QueryKey } from '@tanstack/preact-query'
import { ROWS } from '../list-key.ts'
import type { FeedEvent } from './events.ts'

/** Queries about one definition: their keys go on with its kind and id. */
const OF_ONE = new Set(['definition', 'versions', 'graph'])
/** Queries about the whole registry. */
const OF_ALL = new Set(['kinds', 'releases', 'release'])

const BOTH_ENDS = new Set(['links', 'definitions'])

/** Whether each change of a query's answer comes with an event: such a query need not be asked again and again. */
export const isHeardOf = ([name]: QueryKey): boolean =>
  typeof name === 'string' && (OF_ONE.has(name) || OF_ALL.has(name) || BOTH_ENDS.has(name))

/**
 * Whether an event makes the answer of a query old. Long lists are left out: their rows stay where they are while
 * they are read, and `useListNews` exchanges them.
 */
export function concerns({ kind, id, type }: FeedEvent, key: QueryKey, data: unknown): boolean {
  const [name, ofKind, ofId] = key
  if (typeof name !== 'string') return false
  if (OF_ALL.has(name)) return true
  if (OF_ONE.has(name)) return ofKind === kind && ofId === id
  if (name === 'definitions') return ofKind === kind && key[3] !== ROWS
  if (name === 'links') return (ofKind === kind && ofId === id) || linksTo(data, kind, id)
  return name === 'reports' && type.endsWith('.validation_failed')
}

type LinkEnds = { needs?: readonly Ends[]; neededBy?: readonly Ends[] }
type Ends = { kind: string; id: string }

function linksTo(data: unknown, kind: string, id: string): boolean {
  const { body } = (data ?? {}) as { body?: LinkEnds }
  const ends = [...(body?.needs ?? []), ...(body?.neededBy ?? [])]
  return ends.some((end) => end.kind === kind && end.id === id)
}
