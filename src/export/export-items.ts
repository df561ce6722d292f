import { createRequire } from 'node:module'
import { checkDefinition } from '../contract/check/check.ts'
import { type Diagnostic, isError } from '../contract/diagnostic.ts'
import { Failure } from '../contract/failure.ts'
import { ALONE, type Definition, type Kind } from '../contract/kind.ts'
import type { YamlLibrary } from '../contract/manifest/yaml-text.ts'
import { nameOf } from '../contract/name.ts'
import { ASSETS, type Source } from '../contract/source.ts'
import { nearest } from '../contract/text/nearest.ts'
import { scanSuspects } from '../contract/text/secret-scan.ts'
import { fetchBundle, fetchRevision } from '../core/fetch-bundle.ts'
import { inParallel } from '../core/in-parallel.ts'
import { findHold } from '../core/registry/hold.ts'
import { isLive } from '../core/registry/live-head.ts'
import type { LockedVersion, Registry } from '../core/registry/registry.ts'
import { requireContent } from '../core/registry/withdrawn.ts'
import type { ArchiveFile } from '../core/tree/archive.ts'
import { buildBundle, readAsset } from '../core/tree/bundle.ts'
import { type DefinitionFolder, toNamed } from '../core/tree/collect.ts'
import { findFolders, locateFolder, readFolder, type WorkingTree } from '../core/tree/tree.ts'
import { locate } from '../core/validate/locate.ts'
import type { ExportItem } from '../exchange/contract/format.ts'

const AT_ONCE = 8
const PORTS = { yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary }

/** Definitions of one kind; all of them, when none is named. */
export interface ExportSelection {
  kind: Kind
  ids: readonly string[]
}

/** A definition to export, and the folder that findings about it name. */
export interface ShownItem extends ExportItem {
  dir: string
}

/** A definition that is not exported, and why. */
export interface SkippedItem {
  kind: string
  id: string
  reason: string
}

/** A folder of the working tree that was read. */
export interface ReadFolder {
  folder: DefinitionFolder
  /** Every file and folder inside it. */
  paths: readonly string[]
}

/** The definitions of an export, and the errors in them. */
export interface ReadItems {
  items: ShownItem[]
  skipped: SkippedItem[]
  diagnostics: Diagnostic[]
}

/** Definitions of the working tree, and the folders that they were read from. */
export interface TreeItems extends ReadItems {
  folders: ReadFolder[]
}

/**
 * Reads definitions of the working tree. A disabled one is skipped.
 * @throws Failure NOT_FOUND for an id without a folder, INPUT_UNREADABLE
 */
export async function readTreeItems(
  tree: WorkingTree,
  selections: readonly ExportSelection[],
): Promise<TreeItems> {
  const read: TreeItems = { items: [], skipped: [], diagnostics: [], folders: [] }
  for (const folder of selectFolders(tree, selections)) await readTreeItem(read, folder, tree)
  return read
}

/**
 * The folders of the definitions that are named, whether or not they exist, or of all definitions of the kinds.
 * @throws Failure INPUT_UNREADABLE
 */
export function selectFolders(tree: WorkingTree, selections: readonly ExportSelection[]): DefinitionFolder[] {
  return selections.flatMap(({ kind, ids }) =>
    ids.length > 0 ? ids.map((id) => locateFolder(tree, kind, id)) : findFolders(tree, kind),
  )
}

/** The most ids in a hint. */
const MOST_NAMED = 5

/** The definition that was probably meant, or definitions that exist. */
function nearHint({ kind, id }: DefinitionFolder, tree: WorkingTree): string {
  const ids = findFolders(tree, kind).map((one) => one.id)
  const near = nearest(id, ids)
  if (near !== undefined) return `did you mean: ${nameOf({ kind: kind.id, id: near })}`
  if (ids.length === 0) return `make one: nofx new ${kind.singular} <id>`
  const more = ids.length > MOST_NAMED ? `, and ${ids.length - MOST_NAMED} more` : ''
  return `use one of: ${ids.slice(0, MOST_NAMED).join(', ')}${more}`
}

async function readTreeItem(read: TreeItems, folder: DefinitionFolder, tree: WorkingTree): Promise<void> {
  const checked = readFolder(folder, ALONE)
  const { source, definition, findings } = checked
  if (source.files.length === 0)
    throw new Failure('NOT_FOUND', `${folder.shownPath} does not exist`, nearHint(folder, tree))
  read.folders.push({ folder, paths: [...source.files.map(({ path }) => path), ...(source.folders ?? [])] })
  const secrets = await scanSuspects(source, checked)
  const errors = [...findings, ...secrets].filter(isError)
  const texts = new Map(source.files.map(({ path, text = '' }) => [path, text]))
  if (errors.length > 0)
    read.diagnostics.push(...(await locate(errors, { ...toNamed(folder), dir: folder.shownPath, texts })))
  else if (definition)
    add(read, folder.kind, {
      definition,
      digest: buildBundle(source, folder).digest,
      asset: (path) =>
        source.files.some((file) => file.path === path) ? readAsset(folder, path) : undefined,
      dir: folder.shownPath,
    })
}

/**
 * Reads live definitions of a registry, verified by their digests, or the version that is named.
 * @throws Failure NOT_FOUND, WITHDRAWN, REMOTE_FAILED
 */
export async function readRegistryItems(
  registry: Registry,
  selections: readonly ExportSelection[],
  version?: number,
): Promise<ReadItems> {
  const read: ReadItems = { items: [], skipped: [], diagnostics: [] }
  for (const { kind, ids } of selections) {
    const locked =
      version === undefined
        ? await findLive(registry, kind, ids)
        : await findVersion(registry, kind, ids, version)
    const items = await inParallel(locked, AT_ONCE, (one) => fetchItem(registry, kind, one))
    for (const item of items) add(read, kind, item)
  }
  return read
}

async function findLive(registry: Registry, kind: Kind, ids: readonly string[]): Promise<LockedVersion[]> {
  const heads = await registry.heads(kind.id)
  const byId = new Map(heads.map((head) => [head.id, head]))
  for (const id of ids) {
    if (!isLive(byId.get(id)))
      throw new Failure(
        'NOT_FOUND',
        `${nameOf({ kind: kind.id, id })} is not live in ${registry.label}`,
        'see: nofx registry list',
      )
  }
  const wantedIds = new Set(ids)
  return heads
    .filter((head) => wantedIds.size === 0 || wantedIds.has(head.id))
    .filter(isLive)
    .filter((head) => !findHold(head, head.liveDigest)?.withdrawn)
    .map(({ id, version, liveDigest }) => ({ kind: kind.id, id, version, digest: liveDigest }))
}

async function findVersion(
  registry: Registry,
  kind: Kind,
  ids: readonly string[],
  version: number,
): Promise<LockedVersion[]> {
  const versions: LockedVersion[] = []
  for (const id of ids) {
    const revision = await registry.revision(kind.id, id, version)
    if (!revision)
      throw new Failure(
        'NOT_FOUND',
        `${nameOf({ kind: kind.id, id })} version ${version} is not in the registry`,
        `see: nofx registry history ${nameOf({ kind: kind.id, id })}`,
      )
    requireContent(revision)
    versions.push({ kind: kind.id, id, version, digest: revision.digest })
  }
  return versions
}

async function fetchItem(registry: Registry, kind: Kind, locked: LockedVersion): Promise<ShownItem> {
  const files = await fetchBundle(registry, await fetchRevision(registry, locked))
  const { id, version, digest } = locked
  const { definition } = checkDefinition(toSource(locked, files), kind, ALONE, PORTS)
  if (!definition)
    throw new Failure(
      'REMOTE_FAILED',
      `${nameOf(locked)} version ${version} has a manifest that this version of nofx cannot read`,
      'update nofx, or publish the definition again',
    )
  const bytes = new Map(files.map((file) => [file.path, file.bytes]))
  return {
    definition,
    digest,
    version,
    asset: (path) => bytes.get(path),
    dir: `${nameOf({ kind: kind.id, id })}@v${version}`,
  }
}

function toSource({ kind, id }: LockedVersion, files: readonly ArchiveFile[]): Source {
  const decoder = new TextDecoder()
  return {
    kind,
    id,
    findings: [],
    files: files.map(({ path, bytes, executable }) => ({
      path,
      size: bytes.length,
      ...(path.startsWith(ASSETS) ? { executable } : { text: decoder.decode(bytes) }),
    })),
  }
}

/** A definition that its author disabled does not leave, wherever it is read. */
function add({ items, skipped }: ReadItems, kind: Kind, item: ShownItem): void {
  const { status } = kind.describe(item.definition as Definition)
  const { id } = item.definition
  if (status === 'disabled') skipped.push({ kind: kind.id, id, reason: 'it is disabled' })
  else items.push(item)
}
