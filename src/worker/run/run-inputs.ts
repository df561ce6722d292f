import { Failure } from '../../contract/failure.ts'
import { nameOf } from '../../contract/name.ts'
import type { InstanceDocument, InstanceStep } from '../../plugins/templates/instantiate/document.ts'
import { readDocument } from '../../plugins/templates/instantiate/read-document.ts'
import { prove, revisionShape, type WorkerRevision } from '../connection/definition.ts'
import { type HeadOfRun, requireEnabled } from './switches.ts'

export type RunPlan = Pick<InstanceDocument, 'steps' | 'expectedOutputs' | 'rollback'>
export type StepPlan = InstanceStep

/** One definition at one version, by its content. */
export interface RunLock {
  kind: string
  id: string
  version: number
  digest: string
}

/** An instantiated plan as the registry keeps it. */
export interface StoredPlan {
  planId: string
  source: RunLock
  locks: RunLock[]
  document: InstanceDocument
}

/** A source of plans; the registry's port fits. */
export interface PlanSource {
  /** The preview that the plans are read in. */
  readonly preview?: string
  instance(
    planId: string,
  ): Promise<{ planId: string; source: RunLock; locks: RunLock[]; document: object } | undefined>
  revision(kind: string, id: string, version: number): Promise<object | undefined>
  head(kind: string, id: string): Promise<HeadOfRun | undefined>
}

/**
 * Everything that a run works with. It is fixed when the run starts: later changes of the registry do not affect it.
 */
export interface RunInputs extends StoredPlan {
  agents: Record<string, WorkerRevision>
  template: WorkerRevision
}

const PLAN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Reads a plan and every revision that it is locked to.
 * @throws Failure NOT_FOUND, WITHDRAWN; DISABLED for a definition that is disabled; CONFLICT when a revision of the registry differs from the plan's lock
 */
export async function readInputs(source: PlanSource, planId: string): Promise<RunInputs> {
  const plan = PLAN_ID.test(planId) ? await source.instance(planId) : undefined
  if (plan === undefined)
    throw new Failure(
      'NOT_FOUND',
      `the plan "${planId}" does not exist`,
      `make one: nofx templates instantiate <template>${source.preview === undefined ? '' : ` --env ${source.preview}`}`,
    )
  const { source: origin, locks } = plan
  for (const lock of [origin, ...locks]) requireEnabled(lock, await source.head(lock.kind, lock.id))
  const [template, ...used] = await Promise.all([origin, ...locks].map((lock) => readLocked(source, lock)))
  const agents = Object.fromEntries(used.filter(({ kind }) => kind === 'agents').map((one) => [one.id, one]))
  const document = readPlanDocument(plan.planId, plan.document)
  return {
    planId: plan.planId,
    source: origin,
    locks,
    document,
    agents,
    template: template as WorkerRevision,
  }
}

/**
 * The document of a plan, checked for the shape that templates make.
 * @throws Failure REMOTE_FAILED with the field that does not fit
 */
export function readPlanDocument(planId: string, answer: unknown): InstanceDocument {
  const document = readDocument(answer)
  if (typeof document !== 'string') return document
  throw new Failure(
    'REMOTE_FAILED',
    `the plan ${planId} cannot be used: ${document}`,
    'make the plan again: nofx templates instantiate <template>',
  )
}

async function readLocked(source: PlanSource, lock: RunLock): Promise<WorkerRevision> {
  const { kind, id, version, digest } = lock
  const revision: { withdrawn?: { reason: string } | null } | undefined = await source.revision(
    kind,
    id,
    version,
  )
  if (revision?.withdrawn)
    throw new Failure(
      'WITHDRAWN',
      `${nameOf(lock)} v${version}, which the plan is locked to, was withdrawn: ${revision.withdrawn.reason}`,
      'make the plan again: nofx templates instantiate <template>',
      { detail: lock },
    )
  const { data } = revisionShape.safeParse(revision)
  const isLocked = data?.kind === kind && data.id === id && data.digest === digest
  const proven = isLocked ? prove(data) : undefined
  if (proven !== undefined && typeof proven !== 'string') return proven
  throw new Failure(
    'CONFLICT',
    `${nameOf(lock)} v${version} is ${revision ? 'not what the plan is locked to' : 'not in the registry'}`,
    `see what the registry has: nofx registry verify ${kind}`,
    { detail: lock },
  )
}
