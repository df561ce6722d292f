import * as z from 'zod'
import { MAX_RANK, namesCommit } from '../commit.ts'
import { SHA256 } from '../digest.ts'
import { LENGTHS, MAX_VERSION } from '../lengths.ts'
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
  return z.string().min(min).max(max).refine(keeps, 'holds a character that the database cannot store')
}

const id = kept(1, 64)
const hash = z.string().regex(SHA256)
const key = kept(8, 200)

/** A file of a staged definition. Text travels with the file; assets only as their hash. */
export const wireFile = z.strictObject({
  path: z.string().min(1).max(1024),
  size: z.int().min(0),
  sha256: hash,
  text: z.string().optional(),
  /** On assets that may be run as programs; left out on all others. */
  executable: z.literal(true).optional(),
})

/** One definition of a publish. `expectedVersion` is the newest version that the plan expects (0: none). */
export const wireItem = z.strictObject({
  id,
  digest: hash,
  files: z.array(wireFile).max(1000),
  bundle: z.strictObject({ path: z.string().max(512), size: z.int().positive(), sha256: hash }),
  expectedVersion: z.int().min(0).max(MAX_VERSION),
})

/**
 * Where a revision comes from. `sha` is whole, `rank` is its first-parent height; `dirty` marks uncommitted changes. A
 * dirty publish from outside of git has `uncommitted` for its SHA.
 */
export const commitShape = z
  .strictObject({
    sha: kept(1, 64),
    rank: z.int().min(0).max(MAX_RANK),
    dirty: z.boolean(),
    ref: kept(0, 255).optional(),
  })
  .refine(namesCommit, { path: ['sha'], message: 'is not a commit SHA of 40 or 64 hex digits' })

/** The preview that is written; production when it is left out. */
const preview = previewName.optional()

const version = z.int().min(1).max(MAX_VERSION)
const reason = kept(...LENGTHS.reason)

/**
 * Whose idempotency keys are meant. Only the registry's owner may name another principal, for a caller that it has
 * proven itself; from every other caller it is what the credentials prove.
 */
const principal = kept(1, 1000).optional()

const who = { actor: kept(...LENGTHS.actor), reason: kept(0, LENGTHS.reason[1]).optional(), principal }

/** The newest version that the caller saw: a precondition, and no part of what is asked, so a retry may see another. */
const seenVersion = version.optional()

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
  removals: z.array(z.strictObject({ kind: id, id, expectedVersion: version })).max(100_000),
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
  reason,
  /** Either one definition to an earlier version, or a whole release undone. */
  target: z.union([
    z.strictObject({ kind: id, id, toVersion: version, expectedVersion: version.optional(), seenVersion }),
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
  expectedVersion: version.optional(),
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
  expectedVersion: version.optional(),
  seenVersion,
  /** Proceed although it requires what is not live, or live definitions require what the draft no longer has. */
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
})

/** Deletes the content of a version everywhere; there is no way back, and none in a preview of its own. */
export const withdrawRequest = z.strictObject({
  action: z.literal('withdraw'),
  key,
  preview: z.undefined().optional(),
  ...who,
  reason,
  kind: id,
  id,
  version,
  dryRun: z.boolean().default(false),
})

/**
 * Starts the order of commits anew, at `commit`: for a history that was rewritten, a repository that was moved, or a rank
 * that was wrong. Only the owner may; previews have no order.
 */
export const rebaseRequest = z.strictObject({
  action: z.literal('rebase'),
  key,
  preview,
  ...who,
  reason: kept(1, 2000),
  commit: commitShape,
  /** One definition; all of the registry when it is left out. */
  target: z.strictObject({ kind: id, id }).optional(),
  dryRun: z.boolean().default(false),
})

export const syncRequest = z.discriminatedUnion('action', [
  stageRequest,
  commitRequest,
  rollbackRequest,
  undeleteRequest,
  promoteRequest,
  withdrawRequest,
  rebaseRequest,
])

export type WireFile = z.infer<typeof wireFile>
export type WireItem = z.infer<typeof wireItem>
export type Commit = z.infer<typeof commitShape>
export type StageRequest = z.infer<typeof stageRequest>
export type CommitRequest = z.input<typeof commitRequest>
export type RollbackRequest = z.input<typeof rollbackRequest>
export type UndeleteRequest = z.input<typeof undeleteRequest>
export type PromoteRequest = z.input<typeof promoteRequest>
export type WithdrawRequest = z.input<typeof withdrawRequest>
export type RebaseRequest = z.input<typeof rebaseRequest>
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
  | 'withdrawn'
  | 'rebased'
  | 'stale'
  | 'held'

export interface OutcomeRow {
  kind: string
  id: string
  outcome: Outcome
  /** The head's version after the call (for `stale` and `held`: unchanged). */
  version: number | null
  digest: string | null
  /** Of `rebased`: what its place in the order was, and what it is. */
  rank?: { from: number; to: number }
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
