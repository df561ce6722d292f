import type { RegistryEvent } from '../../contract/protocol/events.ts'
import type { Pin, RegistryReads, WithdrawnVersion } from '../connection/read-registry.ts'
import { within } from '../feed/within.ts'
import type { Held } from './live.ts'

export interface WithdrawnOptions {
  reads: Pick<RegistryReads, 'withdrawn'>
  /** Drops every copy of a content, in memory and on disk. */
  drop: (digest: string) => void
  signal: AbortSignal
  answerWithinMs: number
  log: (line: string) => void
}

/** The versions whose content was withdrawn from the registry: no copy of them is used, whatever is pinned or locked. */
export interface Withdrawn {
  /** Reads all of them. A registry that cannot be reached is asked again by `catchUp`. */
  load(): Promise<void>
  /** Loads again if the last load failed. */
  catchUp(): void
  has(kind: string, id: string, pin: Pin): boolean
  note(one: WithdrawnVersion): void
}

export function createWithdrawn({ reads, drop, signal, answerWithinMs, log }: WithdrawnOptions): Withdrawn {
  const digests = new Set<string>()
  const versions = new Set<string>()
  let behind = true

  function note({ kind, id, version, digest }: WithdrawnVersion): void {
    versions.add(`${kind}/${id}/${version}`)
    if (digests.has(digest)) return
    digests.add(digest)
    drop(digest)
  }

  async function load(): Promise<void> {
    try {
      for (const one of await within(answerWithinMs, signal, (cut) => reads.withdrawn(cut))) note(one)
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
      (digest !== undefined && digests.has(digest)) || versions.has(`${kind}/${id}/${version}`),
    note,
  }
}

/** What is held, told of withdrawals before everything else: an event that is taken counts for the next question. */
export function watchWithdrawals(held: Held, withdrawn: Withdrawn): Held {
  return {
    ...held,
    note(event) {
      const one = withdrawnBy(event)
      if (one) withdrawn.note(one)
      held.note(event)
    },
    lapse(seq, lost) {
      void withdrawn.load()
      held.lapse(seq, lost)
    },
  }
}

function withdrawnBy({ type, kind, id, version, digest }: RegistryEvent): WithdrawnVersion | undefined {
  if (!type.endsWith('.withdrawn') || version === null || digest === null) return undefined
  return { kind, id, version, digest }
}
