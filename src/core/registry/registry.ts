import type { Demand, Description, JsonObject, Reference } from '../../contract/kind.ts'
import type { EffectOutcome, ReleaseOrigin } from '../../contract/protocol/effects.ts'
import type { EventPage } from '../../contract/protocol/events.ts'
import type { Commit, SyncRequest, SyncResponse } from '../../contract/protocol/sync.ts'
import type { Hold } from './hold.ts'
import type { OperatorSwitch } from './operator-switch.ts'
import type { Previews } from './previews.ts'
import type { RegistryRows } from './registry-rows.ts'
import type { Reports } from './reports.ts'
import type { BundleRef, DatedRevision, HeadState, Revision, RevisionSummary } from './revision.ts'
import type { TreeGroups } from './tree-groups.ts'
import type { Webhooks } from './webhooks.ts'

/** The current state of one definition in the registry. */
export interface Head {
  kind: string
  id: string
  state: HeadState
  /** The live version; null while only drafts exist. */
  version: number | null
  draftVersion: number | null
  /** The newest version of any sort. A plan expects it to be unchanged at the commit. */
  latestVersion: number
  /** Digest of the newest revision (the draft's, if a draft is newest). */
  digest: string
  /** Digest of the live revision; null while no version is live. */
  liveDigest: string | null
  /** The commit of the newest revision. */
  commit: Pick<Commit, 'sha' | 'rank'>
  /** Content that a publish does not make live: each entry needs `unhold`, and withdrawn content stays held. */
  hold: Hold[]
  /** Set while an operator keeps the definition disabled, whatever is published. */
  disabled: OperatorSwitch | null
  description: Description
  references: Reference[]
  demands: Demand[]
  updatedAt: string
}

/** One publish, rollback, removal or undelete of any number of definitions. */
export interface Release {
  id: string
  origin: ReleaseOrigin
  commit: Commit
  actor: string
  reason: string | null
  /** The release that this one undid. */
  undoes: string | null
  createdAt: string
  outcomes: {
    kind: string
    id: string
    outcome: EffectOutcome
    version: number | null
    digest: string | null
  }[]
}

/** One definition at one version, with its digest. */
export interface LockedVersion {
  kind: string
  id: string
  version: number
  digest: string
}

/** The name of one version of a definition. */
export type VersionName = Pick<LockedVersion, 'kind' | 'id' | 'version'>

/** A live definition made ready to run; later releases do not change it. */
export interface StoredInstance {
  planId: string
  /** The instantiated definition. */
  source: LockedVersion
  /** The definitions that the run uses. */
  locks: LockedVersion[]
  document: JsonObject
  createdAt: string
}

/**
 * A request to store an instance. The same key and hash return the first instance again; the same key with another
 * hash is refused.
 */
export interface InstanceRequest extends Pick<StoredInstance, 'source' | 'locks' | 'document'> {
  key: string
  /** The principal that owns the key; the registry's owner if it is absent. */
  principal?: string
  /** Hash of the request, without any secret. */
  hash: string
  actor: string
}

/**
 * An entry of `identities` in the policies of a kind (`*` for every kind), by its position in the list: the
 * repository whose CI jobs it allows, and the fields that it does not restrict. An entry without a repository is
 * invalid and allows no job.
 */
export interface IdentityEntry {
  kind: string
  index: number
  repository?: string
  missing?: string[]
}

/** An answer about heads, which need not be read if they are those of an earlier answer. */
export interface HeadsAnswer {
  /**
   * Equal for the same heads of the same registry, read by the same caller; undefined where the registry proves nothing
   * about them.
   */
  sum: string | undefined
  /** The heads, as `Registry.heads` gives them. */
  read(): Promise<Head[]>
}

/** A kind, and the definitions that a commit has of it (`TreeGroups`). Without groups, only the sum is asked for. */
export type AskedKind = { kind: string } & Partial<TreeGroups>

/** The heads that a commit does not prove to be the same. */
export interface HeadsApart {
  /** As in `HeadsAnswer`. */
  sum: string | undefined
  kinds: {
    kind: string
    /** The groups of the commit that are not the registry's. Of the others, heads that are only equal are left out. */
    apart: ReadonlySet<string>
    /**
     * For the heads that are not left out: their newest version and the id of git's tree of its content, which the registry
     * computed from the texts that it checked; definitions with assets have none.
     */
    trees: ReadonlyMap<string, readonly [version: number, tree: string]>
    /** All heads but those of equal groups; undefined if they are very many, and without groups. */
    heads: Head[] | undefined
  }[]
}

/** Sizes of objects in bytes, by path. Objects without bytes are left out. */
export interface StoredSizes {
  sizes: ReadonlyMap<string, number>
  /** How many sizes are from storage's list of objects, without a question for the object itself. */
  fromList: number
}

/**
 * The port to the registry, embedded or hosted: everything that the pipeline may ask of it. Every method throws
 * `Failure` (REMOTE_FAILED, REMOTE_DENIED, NOT_FOUND) and nothing else.
 */
export interface Registry extends RegistryRows {
  /** The registry's name in messages: `embedded .nofx`, or the project's URL. */
  readonly label: string
  /**
   * All heads of these kinds at one time, drafts and tombstones included: in the order of the kinds, sorted by id in each.
   */
  heads(...kinds: string[]): Promise<Head[]>
  /** The first step of `heads`. */
  askForHeads(...kinds: string[]): Promise<HeadsAnswer>
  /**
   * The heads of these kinds that a commit does not prove to be the same, at one time.
   * @throws Failure REMOTE_DENIED also for callers that may read heads in another way
   */
  headsApart(kinds: readonly AskedKind[]): Promise<HeadsApart>
  head(kind: string, id: string): Promise<Head | undefined>
  /** Newest first. */
  history(kind: string, id: string): Promise<RevisionSummary[]>
  revision(kind: string, id: string, version: number): Promise<Revision | undefined>
  /**
   * For each definition of the kind, or for one, the newest revision at a time that was not a draft: live, disabled
   * or removed. Definitions without such a revision are left out. Sorted by id.
   * @param at ISO 8601 in UTC, with milliseconds
   */
  liveAt(kind: string, at: string, id?: string): Promise<DatedRevision[]>
  /** The named versions, in any order. Versions that do not exist, or that have no content any more, are left out. */
  revisions(versions: readonly VersionName[]): Promise<Revision[]>
  /** Newest first. */
  releases(limit: number): Promise<Release[]>
  /**
   * Finds a release by id (or a unique start of it) or by commit SHA (or a unique start); the newest that matches.
   */
  release(ref: string): Promise<Release | undefined>
  /**
   * One page of the change feed after the cursor `since`, of at most 1,000 events. `now` returns no events and the
   * current cursor: take the cursor before reading heads, so that no event is missed. `mark` is the one that came with the
   * cursor: a registry that was restored since then fails with that reason instead of answering.
   * @throws Failure CURSOR_GONE with `detail: { floor, seq }`: read everything again and continue from `seq`
   */
  events(since: number | 'now', limit: number, mark?: string | null): Promise<EventPage>
  /**
   * Every bundle that a revision of the kind refers to, with the versions that refer to it; without withdrawn
   * content.
   */
  bundles(kind: string): Promise<(BundleRef & { id: string; version: number; digest: string })[]>
  /** The paths of the bundles that storage has with the right size. Missing or different ones are left out. */
  stored(bundles: readonly BundleRef[]): Promise<Set<string>>
  /** Creates the object. An existing object with other bytes is replaced only if no revision refers to it. */
  upload(bundle: BundleRef, archive: Uint8Array): Promise<void>
  /** How many uploads a publish has under way at once, if not the usual number: more where they are stored together. */
  readonly uploadsAtOnce?: number
  download(path: string): Promise<Uint8Array>
  /**
   * The sizes of objects, as storage itself reports them and not as a row of the registry has them. `onRead` is called
   * with the number of further objects whose size is known, or that are missing.
   */
  readSizes(paths: readonly string[], onRead?: (count: number) => void): Promise<StoredSizes>
  /** One call of the edge function of `kind`. Returns a refusal as data; throws only if there is no answer. */
  sync(kind: string, request: SyncRequest): Promise<SyncResponse>
  /**
   * Stores an instance if everything it is locked to is still live.
   * @throws Failure CONFLICT if a definition has changed, IDEMPOTENCY_MISMATCH
   */
  instantiate(request: InstanceRequest): Promise<StoredInstance & { replayed: boolean }>
  instance(planId: string): Promise<StoredInstance | undefined>
  /** The instance that was made under a key of a principal (by default the owner), with the hash of its request. */
  findInstance(key: string, principal?: string): Promise<(StoredInstance & { hash: string }) | undefined>
  /** The CI jobs that may publish or write previews. */
  identities(): Promise<IdentityEntry[]>
  /** The preview that all methods apply to; undefined for production. */
  readonly preview?: string
  /** The same registry inside a preview, over the same connection, which the outer registry closes. */
  inPreview(name: string): Registry
  readonly previews: Previews
  /** The results of checks, for publishers. */
  readonly reports: Reports
  /** The destinations of the feed: webhooks, and deployments of the HTTP API. */
  readonly webhooks: Webhooks
  /** Begins to open what most calls need, where reads of heads may do without it. */
  prepare?(): void
  close(): Promise<void>
}
