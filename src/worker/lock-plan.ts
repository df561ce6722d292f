import { SHA256 } from '../contract/digest.ts'
import { Failure } from '../contract/failure.ts'
import { byName, nameOf } from '../contract/name.ts'
import {
  type AgentAnswer,
  type Refused,
  refused,
  type TemplateAnswer,
  toAgent,
  toPublished,
} from './agent.ts'
import type { WorkerRevision } from './connection/definition.ts'
import type { FindPinned } from './definitions/pinned.ts'
import type { Withdrawn } from './definitions/withdrawn.ts'
import type { Feed } from './feed/feed.ts'

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

/** What a plan uses, whatever has changed since. A definition outside of the plan is `not-found`. */
export interface LockedRegistry {
  agent(id: string): Promise<AgentAnswer>
  template(id: string): Promise<TemplateAnswer>
}

/**
 * Reads everything that a plan is locked to while the registry still has it, and keeps it in memory and on disk. A
 * revision that cannot be read now is read again on use.
 * @throws Failure CONFIG for a value that is not a plan
 */
export async function lockPlan(
  plan: PlanLocks,
  findPinned: FindPinned,
  feed: Feed,
  withdrawn: Pick<Withdrawn, 'has'>,
): Promise<LockedRegistry> {
  const locks = readLocks(plan)
  const kept = new Map<string, WorkerRevision>()

  async function find<T>(
    kind: string,
    id: string,
    show: (revision: WorkerRevision) => T,
  ): Promise<T | Refused> {
    const key = nameOf({ kind, id })
    const lock = locks.get(key)
    if (!lock) return { ...refused(kind, id, 'not-found'), message: `the plan does not use ${key}` }
    if (withdrawn.has(kind, id, lock)) kept.delete(key)
    const revision = kept.get(key)
    if (revision) return show(revision)
    const found = await findPinned(kind, id, lock)
    if (found.state !== 'found') {
      const { message, ...rest } = refused(kind, id, found.state)
      return { ...rest, message: `${message}; the plan is locked to version ${lock.version}` }
    }
    kept.set(key, found.revision)
    return show(found.revision)
  }

  // A locked content never goes out of date.
  const staleness = () => ({ fresh: true, asOf: feed.now(), seq: feed.cursor })
  const view: LockedRegistry = {
    agent: (id) => find('agents', id, (one) => ({ ok: true, agent: toAgent(one, staleness()) })),
    template: (id) => find('templates', id, (one) => ({ ok: true, template: toPublished(one, staleness()) })),
  }
  await Promise.all([...locks.values()].map(({ kind, id }) => find(kind, id, (one) => one)))
  return view
}

type LockedVersion = Locked & { kind: string; id: string }

function readLocks({ template, agents = [], source, locks = [] }: PlanLocks): Map<string, LockedVersion> {
  const all: LockedVersion[] = [...(source ? [source] : []), ...locks]
  if (template) all.push({ kind: 'templates', ...template })
  for (const { agentId, ...lock } of agents) all.push({ kind: 'agents', id: agentId, ...lock })
  if (all.length === 0 || !all.every(isLock))
    throw new Failure(
      'CONFIG',
      'not a plan: it locks no versions',
      'give the "data" that nofx templates instantiate --json prints',
    )
  return byName(all)
}

function isLock({ kind, id, version, digest }: LockedVersion): boolean {
  const named = typeof kind === 'string' && typeof id === 'string'
  return named && Number.isInteger(version) && typeof digest === 'string' && SHA256.test(digest)
}
