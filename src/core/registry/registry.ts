import type { Demand, Description, JsonObject, Reference } from '../../contract/kind.ts'
import type { EventPage } from '../../contract/protocol/events.ts'
import type { Commit, Outcome, SyncRequest, SyncResponse } from '../../contract/protocol/sync.ts'
import type { Hold } from './hold.ts'
import type { Previews } from './previews.ts'
import type { RegistryRows } from './registry-rows.ts'
import type { Reports } from './reports.ts'
import type { BundleRef, DatedRevision, HeadState, Revision, RevisionSummary } from './revision.ts'
import type { Webhooks } from './webhooks.ts'

/** The registry's present word on one definition. */
export interface Head {
  kind: string
  id: string
  state: HeadState
  /** Live version; null while only drafts exist. */
  version: number | null
  draftVersion: number | null
  /** Newest version of any sort: what a plan expects to find unmoved. */
  latestVersion: number
  /** Digest of the newest revision (the draft's, when a draft is newer). */
  digest: string
  /** Digest of the live revision; null while nothing is live. */
  liveDigest: string | null
  commitSha: string
  commitRank: number
  /** Content that a publish does not make live: each needs `unhold`, and what was withdrawn stays. */
  hold: Hold[]
  metadata: Description
  references: Reference[]
  demands: Demand[]
  updatedAt: string
}

/** One publish, rollback, removal or undelete over any number of definitions. */
export interface Release {
  id: string
  origin: RevisionSummary['origin'] | 'withdraw'
  commit: Commit
  actor: string
  reason: string | null
  /** The release that this one took back. */
  undoes: string | null
  createdAt: string
  outcomes: { kind: string; id: string; outcome: Outcome; version: number | null; digest: string | null }[]
}

/** One definition at one version, by its content. */
export interface Lock {
  kind: string
  id: string
  version: number
  digest: string
}

/** A live definition made ready to run: later releases change nothing of it. */
export interface StoredInstance {
  planId: string
  /** What was instantiated. */
  source: Lock
  /** What the run uses. */
  locks: Lock[]
  document: JsonObject
  createdAt: string
}

/** What makes a stored instance. The same key and hash again give the first one; another hash is refused. */
export interface InstanceRequest extends Pick<StoredInstance, 'source' | 'locks' | 'document'> {
  key: string
  /** Whose key it is; the registry's owner's when it is left out. */
  principal?: string
  /** Of what was asked for, without any secret. */
  hash: string
  actor: string
}

/**
 * An entry of `identities` in the policies of a kind (`*`: of every kind), by its place in that list: the repository whose
 * CI jobs it allows, and the fields that it leaves open. Without a repository the entry is not valid and allows no job.
 */
export interface IdentityEntry {
  kind: string
  index: number
  repository?: string
  missing?: string[]
}

/**
 * The port to the registry: all that the pipeline may ask of the cloud, embedded or hosted.
 * Every method throws `Failure` (REMOTE_FAILED, REMOTE_DENIED, NOT_FOUND) and nothing else.
 */
export interface Registry extends RegistryRows {
  /** What people see: `embedded .nofx`, or the project's URL. */
  readonly label: string
  /** All heads of a kind, drafts and tombstones included, sorted by id. */
  heads(kind: string): Promise<Head[]>
  head(kind: string, id: string): Promise<Head | undefined>
  /** Newest first. */
  history(kind: string, id: string): Promise<RevisionSummary[]>
  revision(kind: string, id: string, version: number): Promise<Revision | undefined>
  /**
   * For each definition of the kind, or for one, the newest revision at a time that was no draft: live, disabled or
   * removed. What had none yet is left out. Sorted by id.
   * @param at ISO 8601 in UTC, milliseconds
   */
  liveAt(kind: string, at: string, id?: string): Promise<DatedRevision[]>
  /** The newest revision of each of the named definitions that has content: what a diff is made against. */
  newest(kind: string, ids: readonly string[]): Promise<Revision[]>
  /** Newest first. */
  releases(limit: number): Promise<Release[]>
  /** By id (or a unique start of it) or by commit SHA (or a unique start): the newest that matches. */
  release(ref: string): Promise<Release | undefined>
  /**
   * One page of the change feed after the cursor `since`, of at most 1,000 events. `now` answers no events and the
   * cursor of this moment: take it before reading heads, and nothing is missed. `mark` is the one that came with the
   * cursor: a registry that was restored since then says so instead of answering.
   * @throws Failure CURSOR_GONE with `detail: { floor, seq }`: read everything again and go on from `seq`
   */
  events(since: number | 'now', limit: number, mark?: string | null): Promise<EventPage>
  /** Every bundle that a revision of the kind refers to, with the versions that do; none of what was withdrawn. */
  bundles(kind: string): Promise<(BundleRef & { id: string; version: number; digest: string })[]>
  /** Which of these are in storage with their size. Missing or different ones are left out. */
  stored(bundles: readonly BundleRef[]): Promise<Set<string>>
  /** Creates the object; an object that is already there with other bytes is replaced only if nothing refers to it. */
  upload(bundle: BundleRef, archive: Uint8Array): Promise<void>
  download(path: string): Promise<Uint8Array>
  /** The size that storage itself has for an object, bytes, not what a row says; undefined when it has no bytes. */
  sizeOf(path: string): Promise<number | undefined>
  /** One call of the edge function of `kind`. Answers refusals as data; throws only when there is no answer. */
  sync(kind: string, request: SyncRequest): Promise<SyncResponse>
  /**
   * Stores an instance, if all it is locked to is still live.
   * @throws Failure CONFLICT when something has moved, IDEMPOTENCY_MISMATCH
   */
  instantiate(request: InstanceRequest): Promise<StoredInstance & { replayed: boolean }>
  instance(planId: string): Promise<StoredInstance | undefined>
  /** The instance that a key of a principal (the owner, if none is named) made, with the hash of what was asked for. */
  instanceOf(key: string, principal?: string): Promise<(StoredInstance & { hash: string }) | undefined>
  /** The CI jobs that may publish or write previews. */
  identities(): Promise<IdentityEntry[]>
  /** The preview that all of this is in; undefined for production. */
  readonly preview?: string
  /** The same registry as it is in a preview, over the same connection, which the outer one closes. */
  inPreview(name: string): Registry
  readonly previews: Previews
  /** What checks found, for collaborators. */
  readonly reports: Reports
  /** Where the feed is sent: others' URLs, and deployments of the HTTP API. */
  readonly webhooks: Webhooks
  close(): Promise<void>
}
