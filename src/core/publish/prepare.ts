import { isError } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { WireItem } from '../../contract/protocol/sync.ts'
import type { Registry } from '../registry/registry.ts'
import { buildBundle, type PackedBundle, packBundleAside } from '../tree/bundle.ts'
import { readSource } from '../tree/collect.ts'
import { locateFolder, type WorkingTree } from '../tree/tree.ts'
import type { PlanItem, PublishPlan } from './publish-plan.ts'

/** Maximum number of definitions in memory between reading and staging. */
export const BATCH = 100

/** A definition that is ready to be sent. */
export interface Prepared {
  packed: PackedBundle
  wire: WireItem
}

/** The definitions of a plan, packed while it was made. */
export interface PackedAhead {
  /** By name. */
  prepared: ReadonlyMap<string, Prepared>
  /** The paths of their bundles that storage had then. */
  stored: ReadonlySet<string>
}

/** The items of a plan that a publish sends. */
export function movingItems({ items }: PublishPlan): PlanItem[] {
  return items.filter((item) => item.action === 'add' || item.action === 'change')
}

/**
 * Packs what the plan sends and asks storage for it, so that the answer arrives together with the answers that the plan
 * itself waits for. Undefined if nothing is sent, or more than may be in memory at once.
 * @throws Failure CONFLICT if a definition has changed since it was compared
 */
export async function packAhead(
  plan: PublishPlan,
  tree: WorkingTree,
  registry: Pick<Registry, 'preview' | 'stored'>,
): Promise<PackedAhead | undefined> {
  const moving = movingItems(plan)
  if (moving.length === 0 || moving.length > BATCH) return undefined
  const preparing = new Map<string, Preparing>()
  for (const kind of tree.kinds)
    for (const item of moving)
      if (item.kind === kind.id)
        preparing.set(nameOf(item), await prepare(item, kind, tree, registry.preview))
  const ready = Array.from(preparing, async ([name, one]) => [name, await one.ready] as const)
  const prepared = new Map(await Promise.all(ready))
  const bundles = Array.from(prepared.values(), ({ packed }) => packed.ref)
  return { prepared, stored: await registry.stored(bundles) }
}

/** A definition that was read, while other threads compress it. */
export interface Preparing {
  /** The size of its files, bytes. */
  size: number
  /** Resolves when it is packed. */
  ready: Promise<Prepared>
}

/**
 * Reads a definition again and begins to pack it. It is not checked again: content with this digest was.
 * @throws Failure CONFLICT if the definition has changed since the plan was made
 */
export async function prepare(
  item: PlanItem,
  kind: Kind,
  tree: WorkingTree,
  preview: string | undefined,
): Promise<Preparing> {
  const folder = locateFolder(tree, kind, item.id)
  await tree.files?.prepare?.([folder], { assets: true })
  const source = readSource(folder)
  const bundle = source.findings.some(isError) ? undefined : buildBundle(source, folder)
  if (bundle?.digest !== item.digest)
    throw new Failure('CONFLICT', `${folder.shownPath} has changed since the plan was made`, 'plan again')
  const packing = packBundleAside(source, bundle.digest, folder, preview)
  const texts = new Map(source.files.map((file) => [file.path, file.text]))
  const files = bundle.files.map((file) => {
    const text = texts.get(file.path)
    return text === undefined ? file : { ...file, text }
  })
  const { id, digest, expectedVersion } = item
  const ready = packing.then((packed) => ({
    packed,
    wire: { id, digest, files, bundle: packed.ref, expectedVersion },
  }))
  // A failure may come before someone waits for it, and is thrown then.
  ready.catch(() => {})
  return { size: bundle.files.reduce((sum, file) => sum + file.size, 0), ready }
}
