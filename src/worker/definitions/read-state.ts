import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import type { Cache } from '../cache/open-cache.ts'
import type { WorkerHead, WorkerRevision } from '../connection/definition.ts'
import type { RegistryReads } from '../connection/read-registry.ts'
import { type DefinitionEntry, type DefinitionState, hasDigest } from './entry.ts'

/** Where a state is read from. */
export interface StateSources {
  reads: RegistryReads
  cache: Cache
}

/** How often a definition is read again because it changed during the read. */
export const ATTEMPTS = 3

/**
 * The current state of a definition in the registry. A content with a local copy is not downloaded again.
 * @throws Failure REMOTE_FAILED when the definition changes faster than it can be read
 */
export async function readState(
  sources: StateSources,
  entry: DefinitionEntry,
  cut: AbortSignal,
): Promise<DefinitionState> {
  const { kind, id } = entry
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const head = await sources.reads.head(kind, id, cut)
    if (!('digest' in head)) return head
    const revision = await fetchRevision(sources, entry, head, cut)
    if (revision) return { state: head.state, revision }
  }
  throw overtaken(entry)
}

async function fetchRevision(
  { reads, cache }: StateSources,
  entry: DefinitionEntry,
  head: Extract<WorkerHead, { digest: string }>,
  cut: AbortSignal,
): Promise<WorkerRevision | undefined> {
  const { kind, id, state: lastState } = entry
  const { state, version, digest } = head
  const inMemory =
    lastState && 'revision' in lastState && hasDigest(entry, digest) ? lastState.revision : undefined
  const copy = inMemory ?? (await cache.revision(kind, id, digest))
  if (copy) return { ...copy, version, state }
  const revision = await reads.revision(kind, id, { version, digest }, cut)
  if (revision) await cache.keep(revision)
  return revision
}

/** Fills an entry without a known state from the disk. */
export async function fillFromDisk(cache: Cache, entry: DefinitionEntry): Promise<void> {
  const cached = (await cache.readKnown()).get(nameOf(entry))
  if (!cached || entry.state) return
  const { head, asOf, seq } = cached
  if (!('digest' in head)) {
    Object.assign(entry, { state: head, asOf, seq })
    return
  }
  const revision = await cache.revision(entry.kind, entry.id, head.digest)
  if (!revision || entry.state) return
  const { state, version } = head
  Object.assign(entry, { state: { state, revision: { ...revision, version, state } }, asOf, seq })
}

export function overtaken(entry: DefinitionEntry): Failure {
  return new Failure('REMOTE_FAILED', `${nameOf(entry)} moves faster than it can be read`, 'try again')
}
