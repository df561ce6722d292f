import { existsSync, readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { nearest } from '../../contract/text/nearest.ts'
import { pickKind } from '../kinds.ts'
import { findOwners, isKindName, kindNamed, nearestKind } from './kind-names.ts'

/** What words select in the working tree. */
export interface TreeWords {
  /** Whole kinds. */
  kinds: Kind[]
  paths: string[]
}

const COMMAND = 'nofx validate'

/**
 * Splits words into kinds and paths. A definition, as `agents/reviewer` or `agents reviewer`, becomes the path of its
 * folder. A path that exists wins over a name, and a path may be of a deleted file.
 * @param root absolute path of the definitions
 * @throws Failure USAGE with the word that was probably meant
 */
export function splitTreeWords(kinds: readonly Kind[], words: readonly string[], root: string): TreeWords {
  const whole = new Set<Kind>()
  const paths: string[] = []
  let last: Kind | undefined
  for (const word of words) {
    const isBare = !/[\\/.]/.test(word)
    if (kinds.some(({ id }) => id === word) || (isKindName(kinds, word) && !existsSync(word))) {
      last = pickKind(kinds, word)
      whole.add(last)
    } else if (existsSync(word)) paths.push(word)
    else if (isBare && last === undefined) throw unknownWord(kinds, word)
    else if (isBare && last !== undefined) {
      whole.delete(last)
      paths.push(requireFolder(last, word, root))
    } else paths.push(findFolder(kinds, word, root) ?? word)
  }
  return { kinds: [...whole], paths }
}

/** The folder of `agents/reviewer`; undefined for a path of a deleted file. */
function findFolder(kinds: readonly Kind[], word: string, root: string): string | undefined {
  const [, name, id] = /^([a-z][a-z0-9-]*)\/([^/\\.]+)\/?$/.exec(word) ?? []
  if (name === undefined || id === undefined) return undefined
  if (!isKindName(kinds, name) && nearestKind(kinds, name) === undefined) return undefined
  const kind = kindNamed(kinds, name, COMMAND, id)
  // A deleted folder is named by its path from the folder of the definitions.
  return resolve(word) === join(root, kind.id, id) ? undefined : requireFolder(kind, id, root)
}

/** @throws Failure USAGE when the tree does not have this definition */
function requireFolder(kind: Kind, id: string, root: string): string {
  const folder = join(root, kind.id, id)
  if (existsSync(folder)) return folder
  const near = nearest(id, listNames(join(root, kind.id)))
  const hint =
    near === undefined
      ? `see: nofx registry status ${kind.id}`
      : `did you mean: ${COMMAND} ${nameOf({ kind: kind.id, id: near })}`
  throw new Failure('USAGE', `${nameOf({ kind: kind.id, id })} is not in the working tree`, hint)
}

function listNames(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function unknownWord(kinds: readonly Kind[], word: string): Failure {
  const [owner] = findOwners(kinds, word)
  const proposal = owner ? nameOf({ kind: owner.id, id: word }) : nearestKind(kinds, word)
  const names = kinds.map((kind) => kind.id).join(', ')
  const hint = proposal === undefined ? `kinds are: ${names}` : `did you mean: ${COMMAND} ${proposal}`
  return new Failure('USAGE', `"${word}" is neither a kind nor a path`, hint)
}
