import type { Description } from '../../../src/contract/kind.ts'
import { ALONE } from '../../../src/contract/kind.ts'
import { derivedColumns } from '../../../src/contract/protocol/derived-columns.ts'
import { computeGitTree } from '../../../src/contract/protocol/git-tree.ts'
import type { ReleaseResult, SyncRequest, SyncResponse } from '../../../src/contract/protocol/sync.ts'
import type { Head, Registry, Release } from '../../../src/core/registry/registry.ts'
import type { HeadRow, RevisionRow } from '../../../src/core/registry/registry-rows.ts'
import { buildBundle, packBundle } from '../../../src/core/tree/bundle.ts'
import { findFolders, readFolder, type WorkingTree } from '../../../src/core/tree/tree.ts'

/** The commit that everything in these tests was published from. */
export const PUBLISHED = { sha: 'a'.repeat(40), rank: 10, dirty: false }
const AT = '2026-01-01T00:00:00.000Z'

/** What a registry holds in a test, and what was asked of it. */
export interface Holdings {
  heads: Head[]
  revisions: RevisionRow[]
  releases: Release[]
  /** Paths of the bundles in storage. */
  stored: Set<string>
}

/** A registry that answers from rows, and keeps each call that would change something, in order. */
export interface TestRegistry extends Registry {
  readonly calls: string[]
  readonly requests: SyncRequest[]
}

/** The port to the registry over rows in memory: it decides nothing, as the database does that. */
export function registryOf(holdings: Partial<Holdings> = {}, more: Partial<Registry> = {}): TestRegistry {
  const { heads = [], revisions = [], releases = [], stored = new Set<string>() } = holdings
  const calls: string[] = []
  const requests: SyncRequest[] = []
  const newestFirst = (kind: string, id: string) =>
    revisions.filter((one) => one.kind === kind && one.id === id).sort((a, b) => b.version - a.version)
  const registry: Partial<TestRegistry> = {
    label: 'the registry',
    calls,
    requests,
    heads: async (...kinds) => kinds.flatMap((kind) => heads.filter((head) => head.kind === kind)),
    head: async (kind, id) => heads.find((head) => head.kind === kind && head.id === id),
    history: async (kind, id) => newestFirst(kind, id),
    revision: async (kind, id, version) => newestFirst(kind, id).find((one) => one.version === version),
    revisions: async (names) =>
      names.flatMap((name) => newestFirst(name.kind, name.id).filter((one) => one.version === name.version)),
    releases: async (limit) => releases.slice(0, limit),
    release: async (ref) => releases.find((one) => one.id.startsWith(ref) || one.commit.sha.startsWith(ref)),
    stored: async (bundles) => new Set(bundles.map(({ path }) => path).filter((path) => stored.has(path))),
    upload: async ({ path }) => {
      calls.push(`upload ${path}`)
      stored.add(path)
    },
    sync: async (kind, request) => {
      calls.push(`${request.action} ${kind}`)
      requests.push(request)
      return answerTo(request)
    },
  }
  return { ...registry, ...more } as TestRegistry
}

function answerTo(request: SyncRequest): SyncResponse {
  if (request.action === 'stage') return { ok: true, staged: request.items.length }
  return { ok: true, result: RELEASED }
}

/** What a call that moved something answers. */
export const RELEASED: ReleaseResult = {
  releaseId: '00000000-0000-4000-8000-000000000001',
  replayed: false,
  dryRun: false,
  seq: 1,
  outcomes: [],
}

/** The rows that publishing a tree as it is leaves, each definition at version 1. */
export function publishedFrom(tree: WorkingTree): Holdings {
  const revisions = findFolders(tree).map((folder) => revisionFrom(tree, folder.id))
  return {
    revisions,
    heads: revisions.map(headFrom),
    releases: [],
    stored: new Set(revisions.map(({ bundle }) => bundle.path)),
  }
}

/** The row of one definition's revision, as the edge function and the database make it. */
export function revisionFrom(tree: WorkingTree, id: string, more: Partial<RevisionRow> = {}): RevisionRow {
  const folder = findFolders(tree).find((one) => one.id === id)
  if (!folder) throw new Error(`the tree has no ${id}`)
  const { source, definition, findings } = readFolder(folder, ALONE)
  if (!definition) throw new Error(JSON.stringify(findings))
  const { kind } = folder
  const { digest, files } = buildBundle(source, folder)
  const derived = derivedColumns(kind, definition, files)
  const texts = source.files.flatMap(({ path, text }) => (text === undefined ? [] : [[path, text] as const]))
  return {
    kind: kind.id,
    id,
    version: 1,
    gitTree: computeGitTree(source.files) ?? null,
    digest,
    promptHash: derived.prompt_hash,
    state: derived.metadata.status,
    declaredVersion: derived.declared_version,
    commit: PUBLISHED,
    origin: 'publish',
    actor: 'test@example.com',
    reason: null,
    releaseId: RELEASED.releaseId ?? '',
    createdAt: AT,
    withdrawn: null,
    manifest: JSON.parse(JSON.stringify(derived.manifest)),
    metadata: JSON.parse(JSON.stringify(derived.metadata)),
    refs: JSON.parse(JSON.stringify(derived.refs)),
    texts: Object.fromEntries(texts),
    files,
    bundle: packBundle(source, digest, folder).ref,
    ...more,
  }
}

/** The head over one revision. */
export function headFrom(revision: RevisionRow): Head {
  const { kind, id, state, version, digest, metadata, refs, commit, createdAt } = revision
  const isDraft = state === 'draft'
  return {
    kind,
    id,
    state,
    version: isDraft ? null : version,
    draftVersion: isDraft ? version : null,
    latestVersion: version,
    digest,
    liveDigest: isDraft ? null : digest,
    commit: { sha: commit.sha, rank: commit.rank },
    hold: [],
    disabled: null,
    description: metadata as unknown as Description,
    references: refs as Head['references'],
    demands: [],
    updatedAt: createdAt,
  }
}

/** The row of the head over one live revision, column for column. */
export function headRowFrom(revision: RevisionRow): HeadRow {
  const { state, version, digest, metadata, refs, promptHash, gitTree, commit, createdAt } = revision
  return {
    state,
    version,
    draftVersion: null,
    latestVersion: version,
    digest,
    latestDigest: digest,
    metadata,
    refs,
    promptHash,
    gitTree,
    commitSha: commit.sha,
    commitRank: commit.rank,
    hold: [],
    disabled: null,
    updatedAt: createdAt,
  }
}

/** A release of nothing in particular. */
export function releaseOf(id: string, more: Partial<Release> = {}): Release {
  return {
    id,
    origin: 'publish',
    commit: PUBLISHED,
    actor: 'test@example.com',
    reason: null,
    undoes: null,
    createdAt: AT,
    outcomes: [],
    ...more,
  }
}
