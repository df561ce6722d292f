import { Failure } from '../../contract/failure.ts'
import { ID_PATTERN } from '../../contract/id-pattern.ts'
import type { Kind } from '../../contract/kind.ts'
import { byName, type Covers, type Named, nameOf } from '../../contract/name.ts'
import { GIT_TREE } from '../../contract/protocol/git-tree.ts'
import type { Listing } from '../git/listing.ts'
import { inParallel } from '../in-parallel.ts'
import type { Head, Registry } from '../registry/registry.ts'
import { groupTrees } from '../registry/tree-groups.ts'
import type { PublishCandidate } from './publish-plan.ts'

/** What a commit and the registry have, without what they prove to have in common (docs/decisions/114-publish-by-trees.md). */
export interface Apart {
  /** As in `HeadsAnswer`. */
  sum: string | undefined
  /** All heads but the equal ones. */
  heads: Head[]
  /** The definitions of the commit that are live with the same content, and of which nothing else matters to a plan. */
  isEqual: Covers
  /** How many they are. */
  equal: number
  /** The digest of the registry's newest content of a definition, if that is the content of the tree with this id. */
  findDigest(name: string, tree: string | undefined): string | undefined
  /** The same commit beside another registry, such as a preview. */
  askOther(registry: Registry): Promise<Apart | undefined>
}

/**
 * Asks for the heads that the trees of a commit do not prove to be the same.
 * @param publishes the kinds that a publish covers; of others all heads are read
 * @returns undefined for a caller that may read heads only in another way
 */
export async function askApart(
  listing: Listing,
  cover: { kinds: readonly Kind[]; publishes: readonly string[] },
  registry: Registry,
): Promise<Apart | undefined> {
  const { kinds, publishes } = cover
  const trees = listTrees(listing, kinds)
  const groups = kinds.map(({ id }) => ({
    kind: id,
    ...groupTrees(publishes.includes(id) ? (trees.get(id) ?? []) : []),
  }))
  const answer = await registry.headsApart(groups).catch((error: unknown) => {
    if (error instanceof Failure && error.code === 'REMOTE_DENIED') return undefined
    throw error
  })
  if (!answer) return undefined
  const equal = new Map(kinds.map(({ id }) => [id, new Set<string>()]))
  const treeByName = new Map<string, readonly [version: number, tree: string]>()
  const heads: Head[] = []
  for (const { kind, apart, trees: ofHeads, heads: some } of answer.kinds) {
    const digits = groups.find((one) => one.kind === kind)?.digits
    for (const [id, one] of ofHeads) treeByName.set(nameOf({ kind, id }), one)
    for (const head of some ?? (await registry.heads(kind))) heads.push(head)
    if (!some || !publishes.includes(kind)) continue
    const others = new Set(some.map(({ id }) => id))
    const ids = equal.get(kind)
    for (const [id, tree] of trees.get(kind) ?? [])
      if (!others.has(id) && (apart.size === 0 || !apart.has(tree.slice(0, digits)))) ids?.add(id)
  }
  const digests = matchTrees(heads, treeByName)
  return {
    sum: answer.sum,
    heads,
    // Asked several times for each definition of the tree, so no name is made.
    isEqual: ({ kind, id }) => equal.get(kind)?.has(id) ?? false,
    equal: [...equal.values()].reduce((sum, { size }) => sum + size, 0),
    findDigest: (name, tree) => (tree === undefined ? undefined : digests.get(`${name} ${tree}`)),
    askOther: (other) => askApart(listing, cover, other),
  }
}

/**
 * The definitions of each kind with the ids of their trees; those with a file that is not in the commit are left out, and so are
 * folders whose name is not an id, because it could read like several lines of a group.
 */
function listTrees(listing: Listing, kinds: readonly Kind[]): Map<string, [id: string, tree: string][]> {
  const trees = new Map(kinds.map(({ id }) => [id, [] as [string, string][]]))
  for (const name of listing.names) {
    const tree = listing.identify(name)
    const at = name.indexOf('/')
    const id = name.slice(at + 1)
    if (tree !== undefined && GIT_TREE.test(tree) && ID_PATTERN.test(id))
      trees.get(name.slice(0, at))?.push([id, tree])
  }
  return trees
}

/** Digests by name and tree. A head that was read later than the trees may have moved since. */
function matchTrees(
  heads: readonly Head[],
  trees: ReadonlyMap<string, readonly [version: number, tree: string]>,
): Map<string, string> {
  const digests = new Map<string, string>()
  for (const head of heads) {
    const [version, tree] = trees.get(nameOf(head)) ?? []
    if (version === head.latestVersion) digests.set(`${nameOf(head)} ${tree}`, head.digest)
  }
  return digests
}

/** Questions at once. */
const AT_ONCE = 8

/**
 * The heads of equal definitions of which a live head demands something that it might also have demanded of one that moves: only
 * then it matters what they provide.
 */
export async function readDemanded(
  { heads, isEqual }: Pick<Apart, 'heads' | 'isEqual'>,
  candidates: readonly PublishCandidate[],
  registry: Pick<Registry, 'head'>,
): Promise<Head[]> {
  const headByName = byName(heads)
  const same = new Set(
    candidates.filter((one) => headByName.get(nameOf(one))?.digest === one.digest).map(nameOf),
  )
  const others = new Map<string, Named>()
  for (const { kind, oneOf } of heads.flatMap(({ demands }) => demands)) {
    const all = oneOf.map((id) => ({ kind, id }))
    if (!all.some((one) => !isEqual(one) && !same.has(nameOf(one)))) continue
    for (const one of all) if (isEqual(one)) others.set(nameOf(one), one)
  }
  const read = await inParallel([...others.values()], AT_ONCE, ({ kind, id }) => registry.head(kind, id))
  return read.filter((head) => head !== undefined)
}
