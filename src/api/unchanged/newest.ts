import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { remoteFailure } from '../../cloud/registry/remote-failure.ts'
import { seq } from '../../cloud/registry/shapes.ts'
import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import { isSameEvent, type NewestEvent } from '../http/tags.ts'
import { ask, LABEL } from '../reads/read-revisions.ts'
import type { Movement } from './definition-answers.ts'

const newestRow = z.object({ seq, mark: z.uuid() })

/** The state of a registry without an event. */
const NO_EVENT: NewestEvent = { seq: 0, mark: '' }

/** Reads the newest event as the service, because readers do not see the events of drafts. */
export async function readNewest(service: SupabaseClient): Promise<NewestEvent> {
  const newest = service
    .from('registry_events')
    .select('seq,mark')
    .order('seq', { ascending: false })
    .limit(1)
  const [row] = await ask('read the newest event', newestRow, newest)
  return row ?? NO_EVENT
}

/** After a refused publish, kind and id are as the sender wrote them. */
const movedRow = z.object({ seq, mark: z.uuid(), kind: z.string(), id: z.string() })

/** After more events than these, an answer is composed rather than proven. */
const MOST_MOVES = 1_000

/** Reads the events after one as the service; undefined when that one is gone, or when they are too many. */
export async function readMoves(
  service: SupabaseClient,
  { seq, mark }: NewestEvent,
): Promise<Movement[] | undefined> {
  const events = service.from('registry_events').select('seq,mark,kind,id').gte('seq', seq).order('seq')
  const rows = await ask('read what moved', movedRow, events.limit(MOST_MOVES + 1))
  const [first, ...moves] = rows
  if (!first || !isSameEvent(first, { seq, mark }) || moves.length >= MOST_MOVES) return undefined
  return moves.map((row) => ({ seq: row.seq, mark: row.mark, definition: nameOf(row) }))
}

/** The newest event, from a reader that does not answer with failures. */
export async function readDirectly(read: () => Promise<NewestEvent | undefined>): Promise<NewestEvent> {
  try {
    return (await read()) ?? NO_EVENT
  } catch (error) {
    if (error instanceof Failure) throw error
    throw remoteFailure(LABEL, 'read the newest event', error as Error)
  }
}

/**
 * Lets callers share reads. A caller never gets a read that began before its call, so it sees every change that was
 * finished before.
 */
export function shareReads<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined
  let next: Promise<T> | undefined
  const start = () => {
    next = undefined
    const started = read().finally(() => {
      if (running === started) running = undefined
    })
    running = started
    return started
  }
  return () => {
    if (!running) return start()
    next ??= running.then(start, start)
    return next
  }
}
