import type { Diagnostic } from '../../contract/diagnostic.ts'
import type { Description, Reference } from '../../contract/kind.ts'
import { byName, type Covers, type Named, nameOf } from '../../contract/name.ts'
import { findRisks } from '../diff/compare.ts'
import type { StageWatch } from '../progress.ts'
import { describedAs } from '../registry/operator-switch.ts'
import type { Head, HeadsAnswer, Registry } from '../registry/registry.ts'
import { buildBundle } from '../tree/bundle.ts'
import { type DefinitionFolder, toNamed } from '../tree/collect.ts'
import { findFolders, type WorkingTree } from '../tree/tree.ts'
import { digestTree } from '../tree/tree-digests.ts'
import { type CheckedFolder, checkTree } from '../validate/check-tree.ts'
import { byPlace } from '../validate/locate.ts'
import { type AskRegistry, createSurroundings } from '../validate/surroundings.ts'
import type { Apart } from './apart.ts'
import { buildCandidate } from './head-candidate.ts'
import { isSame, type PublishCandidate } from './publish-plan.ts'
import { SharedValues } from './shared-values.ts'

/** What a publish compares, and what checking it found. */
export interface Collected {
  candidates: PublishCandidate[]
  diagnostics: Diagnostic[]
  heads: Head[]
}

/** How candidates are collected. */
export interface CollectOptions {
  /** Every candidate becomes a draft, which may require definitions that are not live. */
  draft?: boolean
  /** The registry's answer, if it was asked already. */
  heads?: Promise<HeadsAnswer> | undefined
  /** The same, if it was asked for what the commit does not prove to be the same. */
  apart?: Apart | undefined
}

const idOf = ({ id }: { id: string }) => id

/**
 * Hashes what `covers` names while the registry answers with its heads, checks what differs, and takes along what that
 * requires of others and the registry does not have, as far as the tree has it.
 * Definitions that the commit proves to be the same are left out.
 * @throws Failure INPUT_UNREADABLE, REMOTE_…
 */
export async function collectCandidates(
  tree: WorkingTree,
  registry: Pick<Registry, 'heads' | 'head'>,
  covers: Covers,
  watch: StageWatch,
  { draft, heads: answer, apart }: CollectOptions = {},
): Promise<Collected> {
  const ask = () => (answer ? answer.then((one) => one.read()) : registry.heads(...tree.kinds.map(idOf)))
  const { heads, digests } = apart
    ? await readApart(tree, apart, covers, watch)
    : await readBoth(tree, ask(), covers, watch)
  const comparison: CandidateSearch = {
    tree,
    covers,
    isEqual: apart?.isEqual ?? (() => false),
    registry,
    drafts: draft,
    digests,
    heads: byName(heads),
    shared: new SharedValues(),
  }
  const collected: Collected = { candidates: [], diagnostics: [], heads }
  /** What comes along, and which definition requires it. */
  const along = new Map<string, string>()
  for (let round: Covers = covers; ; ) {
    const needed = await collectRound(round, comparison, along, collected, watch)
    if (needed.size === 0) return collected
    for (const [name, by] of needed) along.set(name, by)
    round = (one) => needed.has(nameOf(one))
  }
}

/**
 * The heads, and the digests of what they may be equal to: as soon as the registry has answered, definitions without a
 * head are not hashed, because the check that follows does it.
 */
async function readBoth(
  tree: WorkingTree,
  asking: Promise<Head[]>,
  covers: Covers,
  watch: StageWatch,
): Promise<{ heads: Head[]; digests: Map<string, string> }> {
  let names: ReadonlyMap<string, Head> | undefined
  const pendingHeads = asking.then((heads) => {
    names = byName(heads)
    return heads
  })
  // Who awaits it hears of its failure.
  pendingHeads.catch(() => {})
  const digests = await digestTree(tree, covers, watch, (one) => names?.has(nameOf(one)) ?? true)
  return { heads: await pendingHeads, digests }
}

/** The same where the trees of a commit have been compared: of these definitions only those are read that have another one. */
async function readApart(
  tree: WorkingTree,
  { heads, isEqual, findDigest }: Apart,
  covers: Covers,
  watch: StageWatch,
): Promise<{ heads: Head[]; digests: Map<string, string> }> {
  const digests = new Map<string, string>()
  for (const folder of findFolders(tree)) {
    const one = toNamed(folder)
    const digest = covers(one) && !isEqual(one) && findDigest(nameOf(one), folder.from?.identify())
    if (digest) digests.set(nameOf(one), digest)
  }
  const names = byName(heads)
  const isOpen: Covers = (one) => covers(one) && !isEqual(one) && !digests.has(nameOf(one))
  const others = await digestTree(tree, isOpen, watch, (one) => names.has(nameOf(one)))
  for (const [name, digest] of others) digests.set(name, digest)
  return { heads, digests }
}

/** What stays the same from one round to the next. */
interface CandidateSearch {
  tree: WorkingTree
  covers: Covers
  isEqual: Covers
  registry: Pick<Registry, 'head'>
  drafts: boolean | undefined
  digests: ReadonlyMap<string, string>
  heads: ReadonlyMap<string, Head>
  /** What many candidates have. */
  shared: SharedValues
}

/**
 * Adds what `round` selects to `collected`. Returns what that requires and neither the registry nor an earlier round has,
 * each with the definition that requires it.
 */
async function collectRound(
  round: Covers,
  search: CandidateSearch,
  along: ReadonlyMap<string, string>,
  collected: Collected,
  watch: StageWatch,
): Promise<Map<string, string>> {
  const { tree, covers, isEqual, drafts, digests, heads, registry } = search
  const live = (one: Named) => describeHead(heads.get(nameOf(one)))
  const mayComeAlong: Covers = (one) => !covers(one) && live(one) === 'missing'
  const folders = findFolders(tree)
  const counting = folders.map(toNamed).filter((one) => covers(one) || mayComeAlong(one))
  const askRegistry: AskRegistry = async (kind, id) =>
    isEqual({ kind, id }) ? describeHead(await registry.head(kind, id)) : live({ kind, id })
  const surroundings = createSurroundings(tree, new Set(counting.map(nameOf)), askRegistry)
  const options = { drafts, published: (one: Named) => unchangedHead(one, heads, digests) }
  const selected = folders.filter((folder) => round(toNamed(folder)) && !isEqual(toNamed(folder)))
  const needed = new Map<string, string>()
  const diagnostics: Diagnostic[] = []
  const candidates: PublishCandidate[] = []
  const checking: DefinitionFolder[] = []
  for (const folder of selected) {
    const head = unchangedHead(toNamed(folder), heads, digests)
    // What needs nothing of others has nothing to check: most of a large tree.
    if (head?.references.length === 0 && head.demands.length === 0) candidates.push(buildCandidate(head))
    else checking.push(folder)
  }
  for await (const checked of checkTree(tree, checking, surroundings, watch, options)) {
    for (const diagnostic of checked.diagnostics) diagnostics.push(diagnostic)
    const candidate = toCandidate(checked, along, search)
    if (candidate) candidates.push(candidate)
    for (const name of requiredBy(checked).filter(mayComeAlong).map(nameOf))
      if (!along.has(name)) needed.set(name, nameOf(toNamed(checked.folder)))
  }
  tree.digests?.save()
  for (const candidate of sortAsIn(tree, candidates)) collected.candidates.push(candidate)
  for (const diagnostic of diagnostics.sort(byPlace)) collected.diagnostics.push(diagnostic)
  return needed
}

/** In the order of the tree. They come in another one, because some wait for what they refer to. */
export function sortAsIn({ kinds }: WorkingTree, candidates: PublishCandidate[]): PublishCandidate[] {
  const places = new Map(kinds.map(({ id }, at) => [id, at]))
  const placeOf = ({ kind }: PublishCandidate) => places.get(kind) ?? 0
  return candidates.sort((a, b) => placeOf(a) - placeOf(b) || (a.id < b.id ? -1 : 1))
}

/** The head that has this definition's content. A draft may have been promoted in its manifest since, so it is read again. */
function unchangedHead(
  one: Named,
  heads: ReadonlyMap<string, Head>,
  digests: ReadonlyMap<string, string>,
): Head | undefined {
  const head = heads.get(nameOf(one))
  const digest = digests.get(nameOf(one))
  return head && digest && isSame(head, { digest }) && head.draftVersion === null ? head : undefined
}

function toCandidate(
  { folder, head, valid }: CheckedFolder,
  along: ReadonlyMap<string, string>,
  { heads, tree, shared }: CandidateSearch,
): PublishCandidate | undefined {
  const definition = toNamed(folder)
  if (head) return buildCandidate(head)
  if (!valid) return undefined
  const { digest, files } = buildBundle(valid.read.source, folder)
  tree.digests?.add(folder, digest)
  const { status, version, provides } = folder.kind.describe(valid.definition)
  const description = shared.share({ status, provides, ...(version === undefined ? {} : { version }) })
  const name = nameOf(definition)
  const risks = heads.has(name)
    ? undefined
    : shared.share(findRisks(folder.kind, undefined, { ...valid.definition, files }))
  const { kind, id } = definition
  // Not with `...definition` at the beginning: V8 would make a layout for each object, which takes more than the object.
  return { kind, id, digest, description, risks, neededBy: along.get(name) }
}

function requiredBy({ valid }: CheckedFolder): Reference[] {
  return valid?.references.filter(({ relation }) => relation === 'requires') ?? []
}

/** A draft may be one against its manifest's word. */
function describeHead(head: Head | undefined): Description | 'missing' {
  if (!head || head.state === 'removed') return 'missing'
  return head.state === 'draft' ? { ...head.description, status: 'draft' } : describedAs(head)
}
