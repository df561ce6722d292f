import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Checked, checkDefinition } from '../../contract/check/check.ts'
import { ALONE, type Kind, type Surroundings } from '../../contract/kind.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import type { Covers } from '../../contract/name.ts'
import type { Source } from '../../contract/source.ts'
import { type Folder, listFolders, readSource } from './collect.ts'

/** Where a tree's files are read, when that is not simply the disk. */
export interface TreeFiles {
  /** The folders of one kind, sorted by name. */
  list(kind: Kind): Folder[]
  folder(kind: Kind, id: string): Folder
  /** Whether the commit has this definition, whatever the working tree does. */
  holds: Covers
  /** Fetches what the next reads of these folders need, all at once; `assets`: their bytes as well. */
  prepare(folders: readonly Folder[], options?: { assets: boolean }): Promise<void>
}

/** The definitions of a working tree, or of a commit. */
export interface Tree {
  /** Absolute path of the folder that holds one folder a kind. */
  root: string
  /** The same as people see it, relative to where they stand, with `/`. */
  shown: string
  /** Kinds in publishing order. */
  kinds: Kind[]
  /** Undefined: the disk, with all that is there. */
  files?: TreeFiles
}

/** One folder, read and checked. */
export interface ReadDefinition extends Checked {
  folder: Folder
  source: Source
}

/** Loads the library at the first `.yaml` manifest, without making every check wait for a promise. */
const PORTS = { yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary }

/** Reads and checks one folder of the tree. Never throws on content. */
export function readDefinition(tree: Tree, kind: Kind, id: string, surroundings = ALONE): ReadDefinition {
  return readFolder(folderOf(tree, kind, id), surroundings)
}

/** The folder of one definition, which may not exist. */
export function folderOf(tree: Tree, kind: Kind, id: string): Folder {
  if (tree.files) return tree.files.folder(kind, id)
  return { kind, id, dir: join(tree.root, kind.id, id), shown: `${tree.shown}/${kind.id}/${id}` }
}

/**
 * Lists the tree's folders, of one kind or of all in publishing order.
 * @throws Failure INPUT_UNREADABLE
 */
export function foldersOf(tree: Tree, kind?: Kind): Folder[] {
  const list = (one: Kind) => tree.files?.list(one) ?? listFolders(tree.root, tree.shown, one)
  return kind ? list(kind) : tree.kinds.flatMap(list)
}

/** Reads and checks a folder that `foldersOf` gave. */
export function readFolder(folder: Folder, surroundings: Surroundings): ReadDefinition {
  const source = readSource(folder)
  return { folder, source, ...checkDefinition(source, folder.kind, surroundings, PORTS) }
}
