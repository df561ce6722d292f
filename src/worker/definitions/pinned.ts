import { nameOf } from '../../contract/name.ts'
import type { Cache } from '../cache/open-cache.ts'
import type { WorkerRevision } from '../connection/definition.ts'
import type { Pin, RegistryReads } from '../connection/read-registry.ts'
import { within } from '../feed/within.ts'
import type { IsDisabled } from './disabled.ts'
import type { LiveDefinitions } from './live-definitions.ts'
import type { Withdrawn } from './withdrawn.ts'

export interface PinnedOptions {
  reads: RegistryReads
  cache: Cache
  definitions: LiveDefinitions
  isDisabled: IsDisabled
  withdrawn: Withdrawn
  signal: AbortSignal
  answerWithinMs: number
  /** Whether drafts may be pinned. */
  drafts: boolean
  log: (line: string) => void
}

/** One version, which never changes, or why it cannot be had. */
export type PinnedState =
  | { state: 'found'; revision: WorkerRevision }
  | { state: 'removed' | 'disabled' | 'withdrawn' | 'not-found' | 'unavailable' }

/**
 * Reads exactly the requested version, unless the definition is disabled. A copy in memory or on disk needs no registry.
 */
export type FindPinned = (kind: string, id: string, pin: Pin) => Promise<PinnedState>

export function createPinned(options: PinnedOptions): FindPinned {
  const { withdrawn, isDisabled, signal, answerWithinMs, log } = options
  return async (kind, id, pin) => {
    if (withdrawn.has(kind, id, pin)) return { state: 'withdrawn' }
    if (await isDisabled(kind, id, pin.digest)) return { state: 'disabled' }
    const revision = await atHand(options, kind, id, pin)
    if (revision) return { state: 'found', revision }
    try {
      return await within(answerWithinMs, signal, (cut) => fromRegistry(options, kind, id, pin, cut))
    } catch (error) {
      if (!signal.aborted) log(`${nameOf({ kind, id })} is not read: ${(error as Error).message}`)
      return lastKnown(options.cache, kind, id, pin)
    }
  }
}

async function atHand(
  { definitions, cache, drafts }: PinnedOptions,
  kind: string,
  id: string,
  { version, digest }: Pin,
): Promise<WorkerRevision | undefined> {
  const current = definitions.peek(kind, id)
  const revision = current && 'revision' in current ? current.revision : undefined
  if (revision && matches(revision, { version, digest })) return revision
  const copy = digest === undefined ? undefined : await cache.revision(kind, id, digest)
  // A rollback gives an old content a new version: the content is equal, and the answer has the requested number.
  return copy && mayRun(copy, drafts) ? { ...copy, version: version ?? copy.version } : undefined
}

async function fromRegistry(
  { reads, cache, withdrawn, drafts }: PinnedOptions,
  kind: string,
  id: string,
  pin: Pin,
  cut: AbortSignal,
): Promise<PinnedState> {
  const revision = await reads.revision(kind, id, pin, cut)
  if (revision) await cache.keep(revision)
  if (revision && mayRun(revision, drafts)) return { state: 'found', revision }
  if (revision) return { state: revision.state === 'disabled' ? 'disabled' : 'not-found' }
  for (const one of await reads.withdrawn(cut, { kind, id, ...pin })) withdrawn.add(one)
  if (withdrawn.has(kind, id, pin)) return { state: 'withdrawn' }
  const { state } = await reads.head(kind, id, cut)
  return { state: state === 'removed' || state === 'disabled' ? state : 'not-found' }
}

async function lastKnown(cache: Cache, kind: string, id: string, pin: Pin): Promise<PinnedState> {
  const head = (await cache.readKnown()).get(nameOf({ kind, id }))?.head
  const digest = head && 'digest' in head && matches(head, pin) ? head.digest : undefined
  const revision = digest === undefined ? undefined : await cache.revision(kind, id, digest)
  if (!revision) return { state: 'unavailable' }
  return { state: 'found', revision: { ...revision, version: pin.version ?? revision.version } }
}

function mayRun({ state }: WorkerRevision, drafts: boolean): boolean {
  return state !== 'disabled' && (drafts || state !== 'draft')
}

function matches(one: { version: number; digest: string }, { version, digest }: Pin): boolean {
  return (version === undefined || one.version === version) && (digest === undefined || one.digest === digest)
}
