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

/** Characters that PostgreSQL cannot store in text: NUL, and lone UTF-16 surrogates. */
const UNKEPT = /[\0\p{Surrogate}]/u

/** A text that the database can store. */
function kept(min: number, max: number) {
  const keeps = (text: string) => !UNKEPT.test(text)
  return z.string().min(min).max(max).refine(keeps, 'holds a character that the database cannot store')
}

const id = kept(1, 64)
const hash = z.string().regex(SHA256)
const key = kept(8, 200)

/** A file of a staged definition. Texts are sent with the file; of assets only the hash is sent. */
export const wireFile = z.strictObject({
  path: z.string().min(1).max(1024),
  size: z.int().min(0),
  sha256: hash,
  text: z.string().optional(),
  /** True for an executable asset, absent for every other file. */
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
 * The commit that a revision comes from. `sha` is the full SHA and `rank` its first-parent height; `dirty` marks
 * uncommitted changes. A publish from outside of git is dirty and has the SHA `uncommitted`.
 */
export const commitShape = z
  .strictObject({
    sha: kept(1, 64),
    rank: z.int().min(0).max(MAX_RANK),
    dirty: z.boolean(),
    ref: kept(0, 255).optional(),
  })
  .refine(namesCommit, { path: ['sha'], message: 'is not a commit SHA of 40 or 64 hex digits' })

/** The preview to write to; production if it is absent. */
const preview = previewName.optional()

const version = z.int().min(1).max(MAX_VERSION)
const reason = kept(...LENGTHS.reason)

/**
 * The owner of the idempotency key. Only the registry's owner may name another principal, for a caller that it has
 * authenticated itself; for every other caller the principal comes from the credentials.
 */
const principal = kept(1, 1000).optional()

const who = { actor: kept(...LENGTHS.actor), reason: kept(0, LENGTHS.reason[1]).optional(), principal }

/**
 * The newest version that the caller saw. It is a precondition and not part of the request's identity, so a retry may
 * carry another version.
 */
const seenVersion = version.optional()

export const stageRequest = z.strictObject({
  action: z.literal('stage'),
  key,
  preview,
  principal,
  part: z.int().min(0).max(100_000),
  /** Publishes the definitions as drafts beside the live ones, whatever status their manifests have. */
  draft: z.boolean().optional(),
  items: z.array(wireItem).min(1).max(1000),
})

export const commitRequest = z.strictObject({
  action: z.literal('commit'),
  key,
  preview,
  ...who,
  commit: commitShape,
  /** How many parts were staged under the key, for all kinds together. */
  parts: z.int().min(0),
  /** `contentHash` over the staged items: the server refuses to commit anything else. */
  content: hash,
  removals: z.array(z.strictObject({ kind: id, id, expectedVersion: version })).max(100_000),
  /** Publishes held content again, on purpose. */
  unhold: z.boolean().default(false),
  /** Proceeds although live definitions depend on the removed ones. */
  force: z.boolean().default(false),
})

export const rollbackRequest = z.strictObject({
  action: z.literal('rollback'),
  key,
  preview,
  ...who,
  reason,
  /** Either one definition and an earlier version, or a release to undo as a whole. */
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
  /**
   * Proceeds although the draft requires definitions that are not live, or live definitions require something that
   * the draft no longer provides.
   */
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
})

/** Deletes the content of a version everywhere. It cannot be undone, and it does not exist inside a preview. */
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
 * Restarts the order of commits at `commit`: for a history that was rewritten, a repository that was moved, or a rank
 * that was wrong. Only the owner may call it; previews have no order of commits.
 */
export const rebaseRequest = z.strictObject({
  action: z.literal('rebase'),
  key,
  preview,
  ...who,
  reason: kept(1, 2000),
  commit: commitShape,
  /** One definition; the whole registry if it is absent. */
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

/** What happened to one definition. `stale` and `held` changed nothing. */
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
  /** The head's version after the call (unchanged for `stale` and `held`). */
  version: number | null
  digest: string | null
  /** For `rebased`: the rank before and after. */
  rank?: { from: number; to: number }
}

/**
 * The answer to every action but `stage`. `releaseId` is null if nothing changed; `seq` is the last event that was
 * written.
 */
export interface ReleaseResult {
  releaseId: string | null
  replayed: boolean
  dryRun: boolean
  seq: number
  outcomes: OutcomeRow[]
}

/** A refusal: one of the CLI's failure codes, with findings if a definition is the cause. */
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
