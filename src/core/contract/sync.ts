import * as z from 'zod'
import { previewName } from './preview.ts'

/**
 * The staged protocol between a publisher and the edge function `registry_<kind>_sync`.
 * A publish is any number of `stage` calls (each body at most `MAX_BODY` bytes) and one `commit`, all under one
 * idempotency key. Every other action is one call. All bodies are JSON; all answers are `SyncResponse`.
 */

/** What PostgreSQL keeps in no text: the character NUL, and half of a pair of UTF-16 code units. */
const UNKEPT = /[\0\p{Surrogate}]/u

/** Text that the database can keep. */
function kept(min: number, max: number) {
  const keeps = (text: string) => !UNKEPT.test(text)
  return z.string().min(min).max(max).refine(keeps, 'holds a character that no database keeps')
}

const id = kept(1, 64)
const hash = z.string().regex(/^[0-9a-f]{64}$/)
const key = kept(8, 200)

/** A file of a staged definition. Text travels with the file; assets only as their hash. */
export const wireFile = z.strictObject({
  path: z.string().min(1).max(1024),
  size: z.int().min(0),
  sha256: hash,
  text: z.string().optional(),
})

/** One definition of a publish. `expectedVersion` is the newest version the plan saw (0: none). */
export const wireItem = z.strictObject({
  id,
  digest: hash,
  files: z.array(wireFile).max(1000),
  bundle: z.strictObject({ path: z.string().max(512), size: z.int().positive(), sha256: hash }),
  expectedVersion: z.int().min(0),
})

/** Where a revision comes from. `rank` is the first-parent height of `sha`; `dirty` marks uncommitted changes. */
export const commitShape = z.strictObject({
  sha: kept(1, 64),
  rank: z.int().min(0),
  dirty: z.boolean(),
  ref: kept(0, 255).optional(),
})

/** The preview that is written; production when it is left out. */
const preview = previewName.optional()

/**
 * Whose idempotency keys are meant. Only the registry's owner may name another principal, for a caller that it has
 * proven itself; from every other caller it is what the credentials prove.
 */
const principal = kept(1, 1000).optional()

const who = { actor: kept(1, 255), reason: kept(0, 2000).optional(), principal }

/** The newest version that the caller saw: a precondition, and no part of what is asked, so a retry may see another. */
const seenVersion = z.int().min(1).optional()

export const stageRequest = z.strictObject({
  action: z.literal('stage'),
  key,
  preview,
  principal,
  part: z.int().min(0).max(100_000),
  /** Become drafts beside what is live, whatever status their manifests have. */
  draft: z.boolean().optional(),
  items: z.array(wireItem).min(1).max(1000),
})

export const commitRequest = z.strictObject({
  action: z.literal('commit'),
  key,
  preview,
  ...who,
  commit: commitShape,
  /** How many parts were staged under the key, over all kinds. */
  parts: z.int().min(0),
  /** `contentHash` over what was staged: the server refuses a commit of anything else. */
  content: hash,
  removals: z.array(z.strictObject({ kind: id, id, expectedVersion: z.int().min(1) })).max(100_000),
  /** Publish held content again, on purpose. */
  unhold: z.boolean().default(false),
  /** Proceed although live definitions depend on what is removed. */
  force: z.boolean().default(false),
})

export const rollbackRequest = z.strictObject({
  action: z.literal('rollback'),
  key,
  preview,
  ...who,
  reason: kept(1, 2000),
  /** Either one definition to an earlier version, or a whole release undone. */
  target: z.union([
    z.strictObject({
      kind: id,
      id,
      toVersion: z.int().min(1),
      expectedVersion: z.int().min(1).optional(),
      seenVersion,
    }),
    z.strictObject({ release: kept(4, 64) }),
  ]),
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
})

export const undeleteRequest = z.strictObject({
  action: z.literal('undelete'),
  key,
  preview,
  ...who,
  kind: id,
  id,
  expectedVersion: z.int().min(1).optional(),
  seenVersion,
  dryRun: z.boolean().default(false),
})

export const promoteRequest = z.strictObject({
  action: z.literal('promote'),
  key,
  preview,
  ...who,
  kind: id,
  id,
  expectedVersion: z.int().min(1).optional(),
  seenVersion,
  /** Proceed although it requires what is not live, or live definitions require what the draft no longer has. */
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
})

export const syncRequest = z.discriminatedUnion('action', [
  stageRequest,
  commitRequest,
  rollbackRequest,
  undeleteRequest,
  promoteRequest,
])

export type WireFile = z.infer<typeof wireFile>
export type WireItem = z.infer<typeof wireItem>
export type Commit = z.infer<typeof commitShape>
export type StageRequest = z.infer<typeof stageRequest>
export type CommitRequest = z.input<typeof commitRequest>
export type RollbackRequest = z.input<typeof rollbackRequest>
export type UndeleteRequest = z.input<typeof undeleteRequest>
export type PromoteRequest = z.input<typeof promoteRequest>
export type SyncRequest = z.input<typeof syncRequest>

/** What happened to one definition. `stale` and `held` moved nothing. */
export type Outcome =
  | 'added'
  | 'updated'
  | 'unchanged'
  | 'removed'
  | 'restored'
  | 'promoted'
  | 'rolled-back'
  | 'stale'
  | 'held'

export interface OutcomeRow {
  kind: string
  id: string
  outcome: Outcome
  /** The head's version after the call (for `stale` and `held`: unchanged). */
  version: number | null
  digest: string | null
}

/** The answer to everything but `stage`. `releaseId` is null when nothing moved; `seq` is the last event written. */
export interface ReleaseResult {
  releaseId: string | null
  replayed: boolean
  dryRun: boolean
  seq: number
  outcomes: OutcomeRow[]
}

/** A refusal: one of the CLI's codes, and findings when a definition is to blame. */
export interface SyncError {
  code: string
  message: string
  hint: string
  detail?: unknown
  findings?: (import('../diagnostic.ts').Finding & { kind: string; id: string })[]
}

export type SyncResponse =
  | { ok: true; staged: number }
  | { ok: true; result: ReleaseResult }
  | { ok: false; error: SyncError }
