import { createRequire } from 'node:module'
import { join } from 'node:path'
import { type Folder, readSource } from './collect.ts'
import { type Checked, checkDefinition } from './contract/check.ts'
import type { Source } from './contract/source.ts'
import type { YamlLibrary } from './contract/yaml-text.ts'
import { ALONE, type Kind, type Workspace } from './kind.ts'

/** The definitions of a working tree. */
export interface Tree {
  /** Absolute path of the folder that holds one folder a kind. */
  root: string
  /** The same as people see it, relative to where they stand, with `/`. */
  shown: string
  /** Kinds in publishing order. */
  kinds: Kind[]
}

/** One folder, read and checked. */
export interface ReadDefinition extends Checked {
  folder: Folder
  source: Source
}

/** Loads the library at the first `.yaml` manifest, without making every check wait for a promise. */
const PORTS = { yaml: () => createRequire(import.meta.url)('yaml') as YamlLibrary }

/** Reads and checks one folder of the tree. Never throws on content. */
export function readDefinition(tree: Tree, kind: Kind, id: string, workspace = ALONE): ReadDefinition {
  const folder: Folder = {
    kind,
    id,
    dir: join(tree.root, kind.id, id),
    shown: `${tree.shown}/${kind.id}/${id}`,
  }
  return readFolder(folder, workspace)
}

/** Reads and checks a folder that `listFolders` gave. */
export function readFolder(folder: Folder, workspace: Workspace): ReadDefinition {
  const source = readSource(folder)
  return { folder, source, ...checkDefinition(source, folder.kind, workspace, PORTS) }
}
