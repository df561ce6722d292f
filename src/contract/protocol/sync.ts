import * as z from 'zod'
import { MAX_RANK, namesCommit } from '../commit.ts'
import { MAX_VERSION } from '../lengths.ts'
import type { EffectOutcome } from './effects.ts'
import {
  hash,
  id,
  key,
  preview,
  principal,
  reason,
  seenVersion,
  storable,
  version,
  who,
} from './sync-fields.ts'

/**
 * The staged protocol between a publisher and the edge function `registry_<kind>_sync`.
 * A publish is any number of `stage` calls (each body at most `MAX_BODY` bytes) and one `commit`, all under one
 * idempotency key. Every other action is one call. All bodies are JSON; all answers are `SyncResponse`.
 */

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
    sha: storable(1, 64),
    rank: z.int().min(0).max(MAX_RANK),
    dirty: z.boolean(),
    ref: storable(0, 255).optional(),
  })
  .refine(namesCommit, { path: ['sha'], message: 'is not a commit SHA of 40 or 64 hex digits' })

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
  /**
   * Either one definition, with the version to go back to or else to the last good one before the present one; or a
   * release to undo as a whole.
   */
  target: z.union([
    z.strictObject({
      kind: id,
      id,
      toVersion: version.optional(),
      expectedVersion: version.optional(),
      seenVersion,
    }),
    z.strictObject({ release: storable(4, 64) }),
  ]),
  force: z.boolean().default(false),
  dryRun: z.boolean().default(false),
})

/** What every effect on one definition has. */
const onDefinition = {
  key,
  preview,
  ...who,
  kind: id,
  id,
  expectedVersion: version.optional(),
  seenVersion,
  dryRun: z.boolean().default(false),
}

export const undeleteRequest = z.strictObject({ action: z.literal('undelete'), ...onDefinition })

export const promoteRequest = z.strictObject({
  action: z.literal('promote'),
  ...onDefinition,
  /**
   * Proceeds although the draft requires definitions that are not live, or live definitions require something that
   * the draft no longer provides.
   */
  force: z.boolean().default(false),
})

/** Disables a live definition without new content. It stays disabled, whatever is published, until it is enabled. */
export const disableRequest = z.strictObject({ action: z.literal('disable'), ...onDefinition, reason })

/** Enables a definition that was disabled by a request. `force`: although a requirement is not live. */
export const enableRequest = z.strictObject({
  action: z.literal('enable'),
  ...onDefinition,
  reason,
  force: z.boolean().default(false),
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
  reason: storable(1, 2000),
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
  disableRequest,
  enableRequest,
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
export type DisableRequest = z.input<typeof disableRequest>
export type EnableRequest = z.input<typeof enableRequest>
export type WithdrawRequest = z.input<typeof withdrawRequest>
export type RebaseRequest = z.input<typeof rebaseRequest>
export type SyncRequest = z.input<typeof syncRequest>

export interface OutcomeRow {
  kind: string
  id: string
  outcome: EffectOutcome
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
