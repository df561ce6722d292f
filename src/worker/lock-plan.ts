import { SHA256 } from '../contract/digest.ts'
import { Failure } from '../contract/failure.ts'
import { byName, nameOf } from '../contract/name.ts'
import {
  type AgentAnswer,
  type DefinitionAnswer,
  type Reason,
  type Refused,
  refused,
  type TemplateAnswer,
} from './agent.ts'
import { createAnswers } from './answers.ts'
import type { Readers, WorkerRevision } from './connection/definition.ts'
import type { IsDisabled } from './definitions/disabled.ts'
import type { FindPinned } from './definitions/pinned.ts'
import type { Withdrawn } from './definitions/withdrawn.ts'
import type { WorkerFeed } from './feed/feed.ts'

interface Locked {
  version: number
  digest: string
}

/** The part of a plan that lists its locks: from `nofx templates instantiate --json`, the API, or a stored plan. */
export interface PlanLocks {
  template?: Locked & { id: string }
  agents?: readonly (Locked & { agentId: string })[]
  source?: Locked & { kind: string; id: string }
  locks?: readonly (Locked & { kind: string; id: string })[]
}

/** What a plan uses, whatever has changed since, unless it was disabled or withdrawn. A definition outside of the plan is `not-found`. */
export interface LockedRegistry {
  agent(id: string): Promise<AgentAnswer>
  template(id: string): Promise<TemplateAnswer>
  /** @throws Failure CONFIG for a kind that the connection does not know */
  definition(kind: string, id: string): Promise<DefinitionAnswer>
}

/** What locked versions are read from. */
interface LockSources {
  findPinned: FindPinned
  isDisabled: IsDisabled
  feed: Pick<WorkerFeed, 'now' | 'cursor'>
  withdrawn: Pick<Withdrawn, 'has'>
  readers: Readers
}

/**
 * Reads everything that a plan is locked to while the registry still has it, and keeps it in memory and on disk. A
 * revision that cannot be read now is read again on use.
 * @throws Failure CONFIG for a value that is not a plan
 */
export async function lockPlan(
  plan: PlanLocks,
  { findPinned, isDisabled, feed, withdrawn, readers }: LockSources,
): Promise<LockedRegistry> {
  const locks = readLocks(plan)
  const revisions = new Map<string, WorkerRevision>()

  const find = async (kind: string, id: string): Promise<WorkerRevision | Refused> => {
    const key = nameOf({ kind, id })
    const lock = locks.get(key)
    if (!lock) return { ...refused(kind, id, 'not-found'), message: `the plan does not use ${key}` }
    if (withdrawn.has(kind, id, lock)) revisions.delete(key)
    const revision = revisions.get(key)
    if (revision) return (await isDisabled(kind, id, lock.digest)) ? refusedLock(lock, 'disabled') : revision
    const state = await findPinned(kind, id, lock)
    if (state.state !== 'found') return refusedLock(lock, state.state)
    revisions.set(key, state.revision)
    return state.revision
  }

  await Promise.all([...locks.values()].map(({ kind, id }) => find(kind, id)))
  return createAnswers(async (kind, id, _pin, show) => {
    const revision = await find(kind, id)
    // A locked content never goes out of date.
    return 'ok' in revision ? revision : show(revision, { fresh: true, asOf: feed.now(), seq: feed.cursor })
  }, readers)
}

function refusedLock({ kind, id, version }: LockedDefinition, reason: Reason): Refused {
  const { message, ...rest } = refused(kind, id, reason)
  return { ...rest, message: `${message}; the plan is locked to version ${version}` }
}

type LockedDefinition = Locked & { kind: string; id: string }

function readLocks({ template, agents = [], source, locks = [] }: PlanLocks): Map<string, LockedDefinition> {
  const all: LockedDefinition[] = [...(source ? [source] : []), ...locks]
  if (template) all.push({ kind: 'templates', ...template })
  for (const { agentId, ...lock } of agents) all.push({ kind: 'agents', id: agentId, ...lock })
  if (all.length === 0 || !all.every(isLock))
    throw new Failure(
      'CONFIG',
      'not a plan: it locks no versions',
      'give the "data" that this prints: nofx templates instantiate <template> --json',
    )
  return byName(all)
}

function isLock({ kind, id, version, digest }: LockedDefinition): boolean {
  const isNamed = typeof kind === 'string' && typeof id === 'string'
  return isNamed && Number.isInteger(version) && typeof digest === 'string' && SHA256.test(digest)
}
