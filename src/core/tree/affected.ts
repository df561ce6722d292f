import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Definition, Kind } from '../../contract/kind.ts'
import { listManifestFiles } from '../../contract/manifest/manifest-file.ts'
import { type Covers, nameOf } from '../../contract/name.ts'
import { type DefinitionFolder, toNamed } from './collect.ts'
import type { Selection } from './selection.ts'
import { findFolders, locateFolder, parseFolder, type WorkingTree } from './tree.ts'

/**
 * The definitions that a selection has to check: those that it names, those that refer to them (also to deleted
 * ones), and those on a circle of requirements with them, which is the only finding that can be further away.
 */
export function affectedBy(tree: WorkingTree, { kinds, names }: Selection): Covers {
  const isPicked = (kind: string) => kinds.some((one) => one.id === kind)
  if (names === 'all') return ({ kind }) => isPicked(kind)
  const changed = new Set([...names].flatMap((name) => listIds(tree, name)))
  const dependents = findDependents(tree, changed)
  // The last step of a circle leads back to a changed definition, from another changed one or from a dependent.
  const circles = dependents.length > 0 ? circlesThrough(tree, changed) : []
  const all = new Set([...changed, ...dependents, ...circles])
  return (one) => isPicked(one.kind) && all.has(nameOf(one))
}

/** The ids that a name stands for; the name of a kind stands for all of its definitions. */
function listIds(tree: WorkingTree, name: string): string[] {
  const kind = tree.kinds.find((one) => one.id === name)
  return kind ? findFolders(tree, kind).map(({ id }) => `${name}/${id}`) : [name]
}

/** With more ids than this, searching each manifest for all of them takes as long as parsing the manifest. */
const MOST_IDS = 50

/**
 * Definitions of the tree that refer to one of these. A manifest without the words of the id, and without them in the
 * JSON files that it names, cannot refer to it, so only few are read in full.
 */
function findDependents(tree: WorkingTree, changed: ReadonlySet<string>): string[] {
  const ids = [...new Set([...changed].map((name) => name.slice(name.indexOf('/') + 1)))]
  if (ids.length === 0) return []
  // A backslash may start an escape of any character.
  const signs = ids.length > MOST_IDS ? /^/ : new RegExp(`${ids.map(buildSign).join('|')}|\\\\`, 'i')
  return findFolders(tree)
    .filter((folder) => !changed.has(nameOf(toNamed(folder))))
    .filter((folder) => signs.test(readManifest(folder)))
    .filter((folder) => {
      const definition = parseFolder(folder)
      return definition && namesIn(folder.kind, definition).some((name) => changed.has(name))
    })
    .map((folder) => nameOf(toNamed(folder)))
}

/** A hash that makes the id of a long name its own; no text has it. */
const HASH = /-[0-9a-f]{8}$/

/** What a text that refers to an id contains: the words of the id, however they are joined. */
function buildSign(id: string): string {
  const words = id.replace(HASH, '').split('-')
  return words.map((word) => word.replace(/[^a-z0-9]/gi, '\\$&')).join('[^a-z0-9]+')
}

/** A JSON file beside a manifest, as the manifest names it. */
const JSON_FILE = /(?<![\w./:-])[\w-][\w./-]*\.json\b/g

/** The text of the manifest, and of the JSON files that it names; empty if it cannot be read, which validation reports. */
function readManifest({ kind, dir, from }: DefinitionFolder): string {
  const names = listManifestFiles(kind)
  const files = from?.read().files
  const readText = (name: string): string => {
    if (files) return files.find(({ path }) => path === name)?.text ?? ''
    const path = join(dir, name)
    return lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : ''
  }
  const manifest = names.map(readText).find((text) => text !== '') ?? ''
  const others = new Set(manifest.match(JSON_FILE) ?? [])
  return [manifest, ...[...others].filter((name) => !name.includes('..')).map(readText)].join('\n')
}

function namesIn(kind: Kind, definition: Definition): string[] {
  const demands = kind.demands?.(definition) ?? []
  return [
    ...kind.references(definition).map(nameOf),
    ...demands.flatMap((one) => one.oneOf.map((id) => nameOf({ kind: one.kind, id }))),
  ]
}

/** Everything that the changed definitions require, directly or not, and that requires one of them in turn. */
function circlesThrough(tree: WorkingTree, changed: ReadonlySet<string>): Set<string> {
  const required = new Map<string, string[]>()
  const waiting = [...changed]
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (required.has(name)) continue
    const names = requiredBy(tree, name)
    required.set(name, names)
    for (const one of names) waiting.push(one)
  }
  const requiring = new Map<string, string[]>()
  for (const [name, others] of required)
    for (const other of others) {
      const names = requiring.get(other)
      if (names) names.push(name)
      else requiring.set(other, [name])
    }
  const circle = new Set(changed)
  for (const name of circle) for (const one of requiring.get(name) ?? []) circle.add(one)
  return circle
}

function requiredBy(tree: WorkingTree, name: string): string[] {
  const [kindId = '', id = ''] = name.split('/')
  const kind = tree.kinds.find((one) => one.id === kindId)
  const definition = kind && parseFolder(locateFolder(tree, kind, id))
  if (!kind || !definition) return []
  const required = kind.references(definition).filter(({ relation }) => relation === 'requires')
  return required.map(nameOf)
}
