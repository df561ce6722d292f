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
  /** The id, or the name that the kind makes the id of. */
  id: string
  owner: string
  /** Adds to the files of the kind before they are written. */
  complete?: (files: Record<string, string>) => Record<string, string>
  disk?: Disk
}

/**
 * Writes the folder of a new definition, `<root>/<kind>/<id>/`, whole or not at all. `files` are relative to `dir`,
 * sorted.
 * @throws Failure USAGE for an invalid id, REFUSED for a folder that exists, DISK_FULL, INPUT_UNREADABLE
 */
export async function scaffold(
  options: ScaffoldOptions,
): Promise<{ id: string; dir: string; files: string[] }> {
  const { root, kind, owner, disk, complete = (files) => files } = options
  const { id, name } = readName(kind, options.id)
  requireId(kind, id)
  const dir = join(root, kind.id, id)
  if (existsSync(dir))
    throw new Failure(
      'REFUSED',
      `${kind.singular} "${id}" exists already in ${dir}`,
      'choose another id, or edit the existing definition',
      { at: dir },
    )
  const files = complete(filesFor(kind, id, { owner, name }))
  recoverFolders(dirname(dir), disk)
  writeFolder(dir, files, { disk })
  return { id, dir, files: Object.keys(files).sort() }
}

/** @throws Failure USAGE for a kind that makes no new definitions */
function filesFor(
  kind: Kind,
  id: string,
  options: { owner: string; name: string | undefined },
): Record<string, string> {
  if (kind.scaffold) return requireSameId(kind, id, kind.scaffold(id, options))
  throw new Failure(
    'USAGE',
    `the kind ${kind.id} makes no new definitions`,
    `write ${nameOf({ kind: kind.id, id })}/${kind.manifestFile} by hand; its schema is: nofx schema ${kind.id}`,
  )
}

/** What a user calls the new definition: an id, or a name that the kind makes an id of. */
function readName(kind: Kind, text: string): { id: string; name?: string } {
  const id = definitionId.safeParse(text).success ? undefined : kind.idOf?.({ [kind.idField]: text })
  return id === undefined ? { id: text } : { id, name: text }
}

/** @throws Failure USAGE for an id that no name of the kind leads to */
function requireSameId(kind: Kind, id: string, files: Record<string, string>): Record<string, string> {
  if (!kind.idOf || kind.idOf(JSON.parse(files[kind.manifestFile] ?? '{}')) === id) return files
  throw new Failure(
    'USAGE',
    `"${id}" is too short for a ${kind.singular}, whose id is made of its ${kind.idField}`,
    `use two words or more, such as "acme-${id}"`,
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
