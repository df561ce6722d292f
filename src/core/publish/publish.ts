import { UNCOMMITTED } from '../../contract/commit.ts'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import type { Commit } from '../../contract/protocol/sync.ts'
import { nearest } from '../../contract/text/nearest.ts'
import type { StageWatch } from '../progress.ts'
import type { Head, HeadsAnswer, Registry } from '../registry/registry.ts'
import { toNamed } from '../tree/collect.ts'
import { findFolders, type WorkingTree } from '../tree/tree.ts'
import { noDefinitions } from '../validate/nothing-to-check.ts'
import { type Apart, readDemanded } from './apart.ts'
import { collectCandidates } from './candidates.ts'
import { buildCover } from './cover.ts'
import { describeChanges, listDescribed } from './describe-changes.ts'
import { onceDone } from './once-done.ts'
import { type PackedAhead, packAhead } from './prepare.ts'
import { comparePlan, type PublishCandidate, type PublishPlan } from './publish-plan.ts'
import { readBefore } from './read-before.ts'

/** What a publish covers and how strict it is. */
export interface PublishOptions {
  /** Undefined outside of git. */
  commit: Commit | undefined
  /**
   * Kinds to publish. Definitions of other kinds that these require are published too if the registry does not have
   * them.
   */
  publishes: readonly string[]
  /** Ids, names as `agents/reviewer`, and whole kinds as `agents/`; undefined for everything of the kinds. */
  only?: readonly string[]
  prune?: boolean
  unhold?: boolean
  /** Every changed definition becomes a draft beside the live version, whatever status its manifest has. */
  draft?: boolean
  /** Whether the plan is applied at once: then what it sends is packed while it is made. */
  applies?: boolean
  /** The comparison of the working tree with the commit: if it fails, nothing else is said. */
  compared?: Promise<void> | undefined
  /** The registry's answer about the heads of all kinds of the tree, if it was asked already. */
  heads?: Promise<HeadsAnswer>
  /** The same, if the trees of the commit were compared. */
  apart?: Apart | undefined
}

/** A plan, and the findings made on the way (only warnings if there is a plan). */
export interface Planned {
  plan?: PublishPlan
  /** For `applyPlan`, if the plan is applied at once. */
  ahead?: PackedAhead
  /** The definitions that were compared. */
  candidates: PublishCandidate[]
  diagnostics: Diagnostic[]
}

/**
 * Hashes the tree, checks the definitions that differ from the registry, and compares. It writes nothing. Without a
 * plan, the diagnostics contain at least one error.
 * @throws Failure NO_DEFINITIONS, NOT_FOUND (an id in `only` that does not exist), REMOTE_…, and as `compared`
 */
export async function planPublish(
  tree: WorkingTree,
  registry: Registry,
  options: PublishOptions,
  watch: StageWatch,
): Promise<Planned> {
  const { compared = Promise.resolve() } = options
  return onceDone(compared, planMeanwhile(tree, registry, options, watch))
}

async function planMeanwhile(
  tree: WorkingTree,
  registry: Registry,
  options: PublishOptions,
  watch: StageWatch,
): Promise<Planned> {
  const { commit, only, apart } = options
  const published = new Set(options.publishes)
  const covers = buildCover(options)
  const { diagnostics, candidates, heads } = await collectCandidates(tree, registry, covers, watch, options)
  for (const word of only ?? [])
    requireKnown(word, tree, published, [...candidates, ...heads, ...diagnostics])
  const any = heads.some((head) => published.has(head.kind)) || (apart?.equal ?? 0) > 0
  if (candidates.length === 0 && !any && diagnostics.length === 0) throw noDefinitions(tree)
  if (diagnostics.some(isError)) return { diagnostics, candidates }
  watch.emit({ stage: 'plan', state: 'started', done: 0, total: 0 })
  const plan = comparePlan(candidates, heads, {
    registry: registry.label,
    commit: commit ?? uncommitted(heads),
    prune: options.prune ?? false,
    unhold: options.unhold ?? false,
    draft: options.draft ?? false,
    covers,
    inCommit: (one) => tree.files?.holds(one) ?? false,
    ...(apart
      ? { equal: { count: apart.equal, heads: await readDemanded(apart, candidates, registry) } }
      : {}),
  })
  const parts = readBefore(listDescribed(plan, tree), heads, registry)
  const ahead = options.applies ? await packAhead(plan, tree, registry) : undefined
  await describeChanges(plan, tree, parts, watch)
  watch.emit({ stage: 'plan', state: 'done', done: plan.items.length, total: plan.items.length })
  return { plan, ahead, diagnostics, candidates }
}

/** @throws Failure NOT_FOUND for an id or a name that neither the tree nor the registry has */
function requireKnown(
  word: string,
  tree: WorkingTree,
  published: ReadonlySet<string>,
  isKnown: readonly Partial<Named>[],
): void {
  const fits = ({ kind = '', id }: Partial<Named>) =>
    published.has(kind) && id !== undefined && (word === id || word === nameOf({ kind, id }))
  if (word.endsWith('/') || isKnown.some(fits)) return
  const names = [...isKnown, ...findFolders(tree).map(toNamed)].flatMap(({ kind, id }) =>
    kind !== undefined && id !== undefined ? [nameOf({ kind, id })] : [],
  )
  const guesses = word.includes('/') ? [word] : [...published].map((kind) => nameOf({ kind, id: word }))
  const elsewhere = names.find((name) => name.endsWith(`/${word.slice(word.indexOf('/') + 1)}`))
  const near = elsewhere ?? guesses.flatMap((name) => nearestId(name, names) ?? [])[0]
  throw new Failure(
    'NOT_FOUND',
    elsewhere === undefined || word.includes('/')
      ? `"${word}" is neither in ${tree.shownPath} nor in the registry`
      : `"${word}" is not one of ${[...published].join(', ')}`,
    versionHint(word) ?? (near === undefined ? 'see: nofx registry list' : `did you mean: ${near}`),
  )
}

/** A hint for a version where an id is expected, as in `publish agents v1`: a publish chooses no version. */
function versionHint(word: string): string | undefined {
  const [, kind, version] = /^(?:([^/]+)\/)?(v?\d+(?:\.\d+)*)$/.exec(word) ?? []
  if (version === undefined) return undefined
  const name = `${kind ?? 'agents'}/<id>`
  return `leave out "${version}", because the registry numbers versions; to go back: nofx registry rollback ${name} --to <version> --reason "<why>"`
}

/** The name of the same kind whose id is nearest. */
function nearestId(name: string, names: readonly string[]): string | undefined {
  const prefix = name.slice(0, name.indexOf('/') + 1)
  const ids = names.filter((one) => one.startsWith(prefix)).map((one) => one.slice(prefix.length))
  const near = nearest(name.slice(prefix.length), ids)
  return near === undefined ? undefined : prefix + near
}

/** The commit of a publish outside of git: marked as dirty, and never stale. */
function uncommitted(heads: readonly Head[]): Commit {
  const rank = heads.reduce((highest, head) => Math.max(highest, head.commit.rank), 0)
  return { sha: UNCOMMITTED, rank, dirty: true }
}
