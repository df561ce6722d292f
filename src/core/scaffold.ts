import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Failure } from '../contract/failure.ts'
import { definitionId, slugify } from '../contract/fields/id.ts'
import type { Kind } from '../contract/kind.ts'
import { nameOf } from '../contract/name.ts'
import { type Disk, recoverFolders, writeFolder } from './disk/write-folder.ts'

export interface ScaffoldOptions {
  /** The folder of all definitions: `packages/shared` unless the project configures another. */
  root: string
  kind: Kind
  id: string
  owner: string
  disk?: Disk
}

/**
 * Writes the folder of a new definition, `<root>/<kind>/<id>/`, whole or not at all. `files` are relative to `dir`,
 * sorted.
 * @throws Failure USAGE for an invalid id, REFUSED for a folder that exists, DISK_FULL, INPUT_UNREADABLE
 */
export async function scaffold(options: ScaffoldOptions): Promise<{ dir: string; files: string[] }> {
  const { root, kind, id, owner, disk } = options
  requireId(kind, id)
  const dir = join(root, kind.id, id)
  if (existsSync(dir))
    throw new Failure(
      'REFUSED',
      `${kind.singular} "${id}" exists already in ${dir}`,
      'choose another id, or edit the existing definition',
      { at: dir },
    )
  const files = filesFor(kind, id, owner)
  recoverFolders(dirname(dir), disk)
  writeFolder(dir, files, { disk })
  return { dir, files: Object.keys(files).sort() }
}

/** @throws Failure USAGE for a kind that makes no new definitions */
function filesFor(kind: Kind, id: string, owner: string): Record<string, string> {
  if (kind.scaffold) return kind.scaffold(id, { owner })
  throw new Failure(
    'USAGE',
    `the kind ${kind.id} makes no new definitions`,
    `write ${nameOf({ kind: kind.id, id })}/${kind.manifestFile} by hand; its schema is: nofx schema ${kind.id}`,
  )
}

/** @throws Failure USAGE for an id that no definition of the kind can have */
export function requireId(kind: Kind, id: string): void {
  if (!definitionId.safeParse(id).success) throw notAnId(kind, id)
}

function notAnId(kind: Kind, id: string): Failure {
  const near = slugify(id)
  return new Failure(
    'USAGE',
    `"${id.slice(0, 80)}" is not a valid ${kind.singular} id`,
    near && near !== id
      ? `use "${near}"`
      : 'use 2 to 64 characters: lower-case words joined by hyphens, such as "code-reviewer"',
  )
}
