import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type CheckResult, checkDefinition, parseDefinition } from '../../contract/check/check.ts'
import { ALONE, type Definition, type Kind, type Surroundings } from '../../contract/kind.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { type Covers, nameOf } from '../../contract/name.ts'
import { keepHeapSmall } from '../small-heap.ts'
import {
  type DefinitionFolder,
  listFolders,
  listIds,
  type ReadSource,
  readSource,
  toNamed,
} from './collect.ts'
import type { DigestCache } from './digest-cache.ts'

/** The source of a tree's files, if it is not simply the disk. */
export interface TreeFiles {
  /** The folders of one kind, sorted by name. */
  list(kind: Kind): DefinitionFolder[]
  folder(kind: Kind, id: string): DefinitionFolder
  /** Whether the commit has this definition, whatever the working tree has. */
  holds: Covers
  /** Whether everything is there that a read of this folder needs, so that it starts no process of git. */
  isReady(folder: DefinitionFolder): boolean
  /**
   * Fetches everything that the next reads of these folders need at once; with `assets`, their bytes too. Undefined where
   * every read is for itself.
   */
  prepare?(folders: readonly DefinitionFolder[], options?: { assets: boolean }): Promise<void>
}

/** The definitions of a working tree, or of a commit. */
export interface WorkingTree {
  /** Absolute path of the folder that contains a folder for each kind. */
  root: string
  /** The same path as messages show it, relative to the working directory, with `/`. */
  shownPath: string
  /** Kinds in publishing order. */
  kinds: Kind[]
  /** Undefined: every file on the disk. */
  files?: TreeFiles
  /** Digests that earlier commands have made of git's objects. */
  digests?: DigestCache | undefined
}

/** One folder, read and checked. */
export interface ReadDefinition extends CheckResult {
  folder: DefinitionFolder
  source: ReadSource
}

/** Loads the library at the first `.yaml` manifest. It is synchronous, so that no check has to wait for a promise. */
const PORTS = { yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary }

/** Reads and checks one folder of the tree. Never throws because of content. */
export function readDefinition(
  tree: WorkingTree,
  kind: Kind,
  id: string,
  surroundings = ALONE,
): ReadDefinition {
  return readFolder(locateFolder(tree, kind, id), surroundings)
}

/** The folder of one definition, whether or not it exists. */
export function locateFolder(tree: WorkingTree, kind: Kind, id: string): DefinitionFolder {
  if (tree.files) return tree.files.folder(kind, id)
  return {
    kind,
    id,
    dir: join(tree.root, kind.id, id),
    shownPath: `${tree.shownPath}/${nameOf({ kind: kind.id, id })}`,
  }
}

/**
 * Lists the tree's folders, of one kind or of all in publishing order.
 * @throws Failure INPUT_UNREADABLE
 */
export function findFolders(tree: WorkingTree, kind?: Kind): DefinitionFolder[] {
  const list = (one: Kind) => tree.files?.list(one) ?? listFolders(tree.root, tree.shownPath, one)
  const folders = kind ? list(kind) : tree.kinds.flatMap(list)
  keepHeapSmall(folders.length)
  return folders
}

/**
 * How many folders of the tree are covered.
 * @throws Failure INPUT_UNREADABLE
 */
export function countFolders(tree: WorkingTree, covers: Covers): number {
  return findFolders(tree).filter((folder) => covers(toNamed(folder))).length
}

/** With fewer definitions, reading all files takes less than finding out which ones have changed. */
export const LEAST_LARGE = 200

/** Whether a tree has so many definitions that finding out what has changed pays. One that cannot be listed has not. */
export function isLarge(tree: WorkingTree): boolean {
  try {
    const countKind = (kind: Kind) => tree.files?.list(kind).length ?? listIds(tree.root, kind).length
    const count = tree.kinds.reduce((sum, kind) => sum + countKind(kind), 0)
    // Before git lists what there is: V8 decides at each collection how far the heap may grow until the next one.
    keepHeapSmall(count)
    return count >= LEAST_LARGE
  } catch {
    return false
  }
}

/**
 * Reads and checks a folder that `findFolders` returned.
 * @param source what is in the folder, if it was read already
 */
export function readFolder(
  folder: DefinitionFolder,
  surroundings: Surroundings,
  source = readSource(folder),
): ReadDefinition {
  return { folder, source, ...checkDefinition(source, folder.kind, surroundings, PORTS) }
}

/** Reads the definition in a folder without checking it; undefined if its manifest is not valid. */
export function parseFolder(folder: DefinitionFolder): Definition | undefined {
  return parseDefinition(readSource(folder), folder.kind, PORTS)
}
