import { nameOf } from '../../contract/name.ts'
import type { RegistryEvent } from '../../contract/protocol/events.ts'
import type { Pin, RegistryReads, WithdrawnVersion } from '../connection/read-registry.ts'
import { within } from '../feed/within.ts'
import type { LiveDefinitions } from './live-definitions.ts'

export interface WithdrawnOptions {
  reads: Pick<RegistryReads, 'withdrawn'>
  /** Drops every copy of a content, in memory and on disk. */
  drop: (digest: string) => void
  signal: AbortSignal
  answerWithinMs: number
  log: (line: string) => void
}

/** The versions whose content was withdrawn from the registry. No copy of them is used, even when pinned or locked. */
export interface Withdrawn {
  /** Reads all of them. If the registry cannot be reached, `catchUp` tries again. */
  load(): Promise<void>
  /** Loads again if the last load failed. */
  catchUp(): void
  has(kind: string, id: string, pin: Pin): boolean
  add(one: WithdrawnVersion): void
}

const versionKey = (kind: string, id: string, version: number | undefined) =>
  `${nameOf({ kind, id })} v${version}`

export function createWithdrawn({ reads, drop, signal, answerWithinMs, log }: WithdrawnOptions): Withdrawn {
  const digests = new Set<string>()
  const versions = new Set<string>()
  let behind = true

  function add({ kind, id, version, digest }: WithdrawnVersion): void {
    versions.add(versionKey(kind, id, version))
    if (digests.has(digest)) return
    digests.add(digest)
    drop(digest)
  }

  async function load(): Promise<void> {
    try {
      for (const one of await within(answerWithinMs, signal, (cut) => reads.withdrawn(cut))) add(one)
      behind = false
    } catch (error) {
      behind = true
      if (!signal.aborted) log(`what was withdrawn is not read: ${(error as Error).message}`)
    }
  }

  return {
    load,
    catchUp: () => void (behind && load()),
    has: (kind, id, { version, digest }) =>
      (digest !== undefined && digests.has(digest)) || versions.has(versionKey(kind, id, version)),
    add,
  }
}

/** `definitions` that apply withdrawals before every other reaction to an event, so that the next read cannot use them. */
export function watchWithdrawals(definitions: LiveDefinitions, withdrawn: Withdrawn): LiveDefinitions {
  return {
    ...definitions,
    apply(event) {
      const one = withdrawnBy(event)
      if (one) withdrawn.add(one)
      definitions.apply(event)
    },
    invalidateAfter(seq, reset) {
      void withdrawn.load()
      definitions.invalidateAfter(seq, reset)
    },
  }
}

function withdrawnBy({ type, kind, id, version, digest }: RegistryEvent): WithdrawnVersion | undefined {
  if (!type.endsWith('.withdrawn') || version === null || digest === null) return undefined
  return { kind, id, version, digest }
}
