import { Failure } from '../../contract/failure.ts'
import type { Commit } from '../../contract/protocol/sync.ts'
import { git } from '../git/git-command.ts'
import type { GitLists } from '../git/git-entries.ts'
import { findTrouble } from '../git/git-failure.ts'
import {
  countHeight,
  findPlaceAndHead,
  findReadablePlace,
  type GitHead,
  type GitPlace,
  mayBeInGit,
  placeOnDisk,
  readHead,
  requireGitPlace,
} from '../git/git-place.ts'
import { changedListing, type Listing, listByTrees } from '../git/listing.ts'
import { findNamed, type NamedCommit, requireNamed, requireWhole } from '../git/named-commit.ts'
import { blobTree, listDefinitions, selectDefinitions, treeOfCommit, withDirt } from './commit-tree.ts'
import {
  type Compared,
  compareWorkingTree,
  type Difference,
  isDirt,
  isUnseen,
  refuseDirt,
} from './differences.ts'
import { seenByGit } from './disk-view.ts'
import { showsAll, tracksAll } from './same-as-commit.ts'
import { isLarge, type WorkingTree } from './tree.ts'

/**
 * Called with the definitions of the commit at HEAD as soon as git has listed them, because to compare them takes longer; and again
 * with those of a working tree that differs.
 */
export interface OnListing {
  onListing?: ((listing: Listing) => void) | undefined
}

/** How a publish names its commit if git cannot, or should not, determine it. */
export interface CommitOptions extends OnListing {
  commit?: string
  rank?: number
  allowDirty: boolean
  /** What git was asked already about the working tree. */
  lists?: GitLists | undefined
  /** Whether the caller awaits `PublishSource.compared` itself. */
  compareLater?: boolean
  /** The rank is not used, so a shallow clone is sufficient. */
  anyRank?: boolean
}

/** The tree to publish and the commit that it names; without a commit, publishing without one is allowed. */
export interface PublishSource {
  commit: Commit | undefined
  tree: WorkingTree
  /** The comparison of the working tree, which throws as `sourceOfPublish`: before it has ended, nothing may be written. */
  compared?: Promise<void>
}

/**
 * The definitions of the commit to publish, read from git's objects. The working tree is compared with them first: a
 * file that differs there is refused, or with `allowDirty` published in place of the commit's.
 * @throws Failure NO_COMMIT outside of git, in a shallow clone, without commits, or if the working tree differs;
 * USAGE for an invalid commit
 */
export async function sourceOfPublish(tree: WorkingTree, options: CommitOptions): Promise<PublishSource> {
  const { at } = options.lists ?? {}
  const place = at?.place ?? (await findReadablePlace(tree.root))
  const head = at?.head ?? (place && (await readHead(place)))
  if (options.commit !== undefined || options.rank !== undefined) {
    const namedCommit = requireNamed(options)
    if (!place) return { commit: { ...requireWhole(namedCommit), dirty: false }, tree }
    return namedSource(tree, place, head, { ...namedCommit, allowDirty: options.allowDirty })
  }
  if (!place || !head) return withoutGit(tree, place, options)
  if (place.shallow && !options.anyRank) throw shallow()
  return headSource(tree, place, head, countHeight(place, head.sha), options)
}

/** The commit that a publish of the working tree would name, and the differences that `git status` does not show. */
export interface SeenHead {
  commit: Commit | undefined
  unseen: Difference[]
}

/**
 * Reads HEAD and the working tree for commands that do not publish. Outside of git both are absent.
 * @throws Failure NO_COMMIT in a shallow clone
 */
export async function findHead(tree: WorkingTree): Promise<SeenHead> {
  const { place, head } = (await findPlaceAndHead(tree.root)) ?? {}
  if (!place || !head) return { commit: undefined, unseen: [] }
  if (place.shallow) throw shallow()
  const [rank, differences] = await Promise.all([
    countHeight(place, head.sha),
    differencesFrom(tree, place, head.sha),
  ])
  return { commit: toCommit(head, rank, differences.some(isDirt)), unseen: differences.filter(isUnseen) }
}

/** Differences between the working tree and HEAD that `git status` does not show; empty if git fails. */
export async function findUnseen(tree: WorkingTree): Promise<Difference[]> {
  return (await askForUnseen(tree)) ?? []
}

/** The same; undefined outside of git, without a commit, and if git fails. */
export async function askForUnseen(tree: WorkingTree, lists?: GitLists): Promise<Difference[] | undefined> {
  if (!mayBeInGit(placeOnDisk(tree.root))) return undefined
  if (lists && isLarge(tree) && (await tracksAll(tree, lists))) return []
  const { place, head } = (await findPlaceAndHead(tree.root).catch(() => undefined)) ?? {}
  if (!place || !head) return undefined
  if (isLarge(tree) && (await showsAll(tree, place, lists))) return []
  const differences = await differencesFrom(tree, place, head.sha, lists).catch(() => undefined)
  return differences?.filter(isUnseen)
}

async function differencesFrom(
  tree: WorkingTree,
  place: GitPlace,
  sha: string,
  lists?: GitLists,
): Promise<Difference[]> {
  const list: Compared['list'] = async (names) => {
    // A partial clone would have to fetch objects to know their sizes.
    const partial = await git(place.cwd, ['config', 'extensions.partialClone']).catch(() => '')
    return listDefinitions(tree, place, sha, { sizes: partial === '', names })
  }
  return compareWorkingTree({ tree, place, sha, list, lists })
}

/** The tree that a plan was made from: its commit's, or the working tree's if it was dirty. */
export async function treeOfPlan(tree: WorkingTree, { sha, dirty }: Commit): Promise<WorkingTree> {
  if (dirty) return (await sourceOfPublish(tree, { allowDirty: true, anyRank: true })).tree
  return (await treeOfCommit(tree, sha)) ?? seenByGit(tree)
}

async function headSource(
  tree: WorkingTree,
  place: GitPlace,
  head: GitHead,
  counted: number | Promise<number>,
  { allowDirty, onListing, compareLater, lists }: CommitOptions,
): Promise<PublishSource> {
  const { sha } = head
  const list: Compared['list'] = (names) => listDefinitions(tree, place, sha, { names })
  const pendingListing = listByTrees(tree, place, sha)
  pendingListing.then(onListing, () => {})
  const pendingDirt = compareWorkingTree({ tree, place, sha, list, lists }).then((differences) => {
    const dirt = differences.filter(isDirt)
    if (dirt.length > 0 && !allowDirty) throw refuseDirt(dirt, tree)
    return dirt
  })
  const compared = pendingDirt.then(() => {})
  // Another failure may come first.
  compared.catch(() => {})
  const isLater = compareLater && !allowDirty
  const [rank, listing, dirt] = await Promise.all([counted, pendingListing, isLater ? [] : pendingDirt])
  const commit = toCommit(head, rank, dirt.length > 0)
  if (dirt.length === 0) return { commit, tree: blobTree(tree, place, listing), compared }
  const changed = new Set(dirt.map(({ path }) => path.split('/').slice(0, 2).join('/')))
  const own = withDirt(await selectDefinitions(listing, changed), dirt)
  const definitions = changedListing(own, changed, listing)
  onListing?.(definitions)
  return { commit, tree: blobTree(tree, place, definitions, { committed: listing }) }
}

function toCommit({ sha, branch }: GitHead, rank: number, dirty: boolean): Commit {
  return { sha, rank, dirty, ...(branch ? { ref: branch } : {}) }
}

async function namedSource(
  tree: WorkingTree,
  place: GitPlace,
  head: GitHead | undefined,
  namedCommit: NamedCommit & { allowDirty: boolean },
): Promise<PublishSource> {
  const sha = await findNamed(place, namedCommit)
  if (head && sha === head.sha) return headSource(tree, place, head, namedCommit.rank, namedCommit)
  const definitions = await listByTrees(tree, place, sha)
  return { commit: { sha, rank: namedCommit.rank, dirty: false }, tree: blobTree(tree, place, definitions) }
}

/** Without git; the plan then takes the registry's newest rank. */
async function withoutGit(
  tree: WorkingTree,
  place: GitPlace | undefined,
  { allowDirty }: CommitOptions,
): Promise<PublishSource> {
  if (allowDirty) return { commit: undefined, tree }
  const otherwise = 'or name it with --commit and --rank, or use --allow-dirty'
  if (place)
    throw new Failure(
      'NO_COMMIT',
      'this git repository has no commit yet',
      `run: git add -A && git commit, ${otherwise}`,
    )
  const cause = await requireGitPlace(tree.root).catch((error: unknown) => error)
  if (findTrouble(cause) !== 'not-a-repository') throw cause
  throw new Failure(
    'NO_COMMIT',
    'this folder is not in a git repository',
    `run: git init && git add -A && git commit, ${otherwise}`,
    { cause },
  )
}

function shallow(): Failure {
  return new Failure(
    'NO_COMMIT',
    'this clone is shallow, so the rank of its commit is unknown',
    'run: git fetch --unshallow   (GitHub Actions: actions/checkout with fetch-depth: 0)',
  )
}
