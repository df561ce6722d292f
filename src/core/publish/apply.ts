import { contentHash, sha256 } from '../../contract/digest.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { ReleaseResult, WireItem } from '../../contract/protocol/sync.ts'
import type { StageWatch } from '../progress.ts'
import type { Registry } from '../registry/registry.ts'
import { callForRelease, stageItems } from '../registry/sync.ts'
import { buildBundle, packBundle } from '../tree/bundle.ts'
import { locateFolder, readDefinition, type WorkingTree } from '../tree/tree.ts'
import { isEmpty, type PlanItem, type PublishPlan } from './publish-plan.ts'
import { type PackedBundle, uploadBundles } from './upload.ts'

/** Maximum number of definitions in memory between reading and staging. */
const BATCH = 100

/** The publisher and the reason. */
export interface Actor {
  actor: string
  reason?: string
}

/** Options of applying that are not part of the plan. */
export interface ApplyOptions extends Actor {
  /** Whether to remove definitions although live ones require them. */
  force: boolean
  /** The idempotency key; by default, it is made from the plan. */
  key?: string
}

/**
 * Executes a plan: uploads the bundles that storage lacks, stages the definitions, commits them as one release.
 * Nothing is visible before the commit. The key is made from the plan, so applying it again returns the same answer.
 * @throws Failure CONFLICT if the plan is for another registry, or a definition or a head has changed since the plan
 * was made
 */
export async function applyPlan(
  plan: PublishPlan,
  tree: WorkingTree,
  registry: Registry,
  { key: chosenKey, ...options }: ApplyOptions,
  watch: StageWatch,
): Promise<ReleaseResult> {
  requireMatch(plan, tree, registry)
  if (isEmpty(plan)) return { releaseId: null, replayed: false, dryRun: false, seq: 0, outcomes: [] }
  const moving = plan.items.filter((item) => item.action === 'add' || item.action === 'change')
  const key = chosenKey ?? publishKey(plan, moving, options)
  const removals = plan.prune ? plan.missing.map(({ requiredBy: _, ...removal }) => removal) : []
  const parts = await stageAll(moving, { key, draft: plan.draft }, tree, registry, watch)
  watch.signal.throwIfAborted()
  const lastKind = moving.at(-1)?.kind ?? removals[0]?.kind ?? ''
  const result = await callForRelease(registry, lastKind, {
    action: 'commit',
    key,
    ...options,
    commit: plan.commit,
    parts,
    content: contentHash(moving),
    removals,
    unhold: plan.unhold,
  })
  watch.emit({ stage: 'sync', state: 'done', done: moving.length, total: moving.length })
  return result
}

/** The same publish has the same key. Flags are added only if set, so that new flags leave the keys of old clients equal. */
function publishKey(
  plan: PublishPlan,
  moving: readonly PlanItem[],
  options: Omit<ApplyOptions, 'key'>,
): string {
  const flags = [plan.draft && 'draft', plan.unhold && 'unhold'].filter(Boolean)
  const facts = [plan.commit, moving.map(identity), plan.prune && plan.missing, options, ...flags]
  return `publish-${sha256(JSON.stringify(facts))}`
}

function requireMatch(plan: PublishPlan, tree: WorkingTree, registry: Registry): void {
  if (plan.registry !== registry.label)
    throw new Failure(
      'CONFLICT',
      `the plan was made for ${plan.registry}, this is ${registry.label}`,
      'plan again for this registry',
    )
  const unknown = plan.items.find((item) => !tree.kinds.some((kind) => kind.id === item.kind))
  if (unknown)
    throw new Failure(
      'USAGE',
      `the plan has ${nameOf(unknown)}, but the kind "${unknown.kind}" does not exist here`,
      'add the plugin of that kind to "nofx.plugins" in package.json',
    )
}

const identity = (item: PlanItem) => [item.kind, item.id, item.digest, item.expectedVersion]

async function stageAll(
  items: readonly PlanItem[],
  under: { key: string; draft?: boolean },
  tree: WorkingTree,
  registry: Registry,
  watch: StageWatch,
): Promise<number> {
  const total = items.length
  let parts = 0
  let done = 0
  watch.emit({ stage: 'upload', state: 'started', done, total })
  for (const kind of tree.kinds) {
    const ofKind = items.filter((item) => item.kind === kind.id)
    for (let start = 0; start < ofKind.length; start += BATCH) {
      watch.signal.throwIfAborted()
      const batch: Prepared[] = []
      for (const item of ofKind.slice(start, start + BATCH)) {
        await tree.files?.prepare([locateFolder(tree, kind, item.id)], { assets: true })
        batch.push(prepare(item, kind, tree, registry.preview))
      }
      await uploadBundles(
        registry,
        batch.map((one) => one.packed),
        watch.signal,
      )
      parts += await stageItems(
        registry,
        kind.id,
        under,
        batch.map((one) => one.wire),
        parts,
      )
      done += batch.length
      watch.emit({ stage: 'upload', state: 'advanced', done, total })
    }
  }
  watch.emit({ stage: 'upload', state: 'done', done, total })
  return parts
}

/** A definition that is ready to be sent. */
interface Prepared {
  packed: PackedBundle
  wire: WireItem
}

/** Reads a definition again and packs it. A definition that changed on disk since the plan is a conflict. */
function prepare(item: PlanItem, kind: Kind, tree: WorkingTree, preview: string | undefined): Prepared {
  const { source, definition, folder } = readDefinition(tree, kind, item.id)
  const bundle = definition && buildBundle(source, folder)
  if (!bundle || bundle.digest !== item.digest)
    throw new Failure('CONFLICT', `${folder.shownPath} has changed since the plan was made`, 'plan again')
  const packed = packBundle(source, bundle.digest, folder, preview)
  const texts = new Map(source.files.map((file) => [file.path, file.text]))
  const files = bundle.files.map((file) => {
    const text = texts.get(file.path)
    return text === undefined ? file : { ...file, text }
  })
  const { digest, expectedVersion } = item
  return { packed, wire: { id: item.id, digest, files, bundle: packed.ref, expectedVersion } }
}
