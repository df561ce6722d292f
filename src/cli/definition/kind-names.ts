import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Failure } from '../../contract/failure.ts'
import { ID_PATTERN } from '../../contract/id-pattern.ts'
import type { Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { nearest } from '../../contract/text/nearest.ts'
import { definitionsRoot, findProject } from '../../core/tree/project.ts'
import { OR } from '../failures/whole-hint.ts'
import { pickKind } from '../kinds.ts'

/** Whether a word is the plural or the singular of a kind. */
export function isKindName(kinds: readonly Kind[], word: string): boolean {
  return kinds.some((kind) => kind.id === word || kind.singular === word)
}

/**
 * A kind by its name; an unknown one may be an id, or misspelt.
 * @param command as it is typed, for the hint
 * @throws Failure USAGE with the command that was probably meant
 */
export function kindNamed(
  kinds: readonly Kind[],
  name: string,
  command: string,
  id: string | undefined,
): Kind {
  if (isKindName(kinds, name)) return pickKind(kinds, name)
  const near = nearestKind(kinds, name)
  if (near === undefined && id !== undefined) return pickKind(kinds, name)
  const [owner] = findOwners(kinds, name)
  const likelyKinds = owner === undefined ? kinds : [owner]
  const proposals =
    near === undefined ? likelyKinds.map((kind) => nameOf({ kind: kind.id, id: name })) : [nearName(near, id)]
  const hint = proposals.map((proposal) => `${command} ${proposal}`).join(OR)
  throw new Failure('USAGE', `the kind "${name}" does not exist`, `did you mean: ${hint}`)
}

const nearName = (kind: string, id: string | undefined) => (id === undefined ? kind : nameOf({ kind, id }))

/** The kind whose name is nearest to a word; undefined when none is near. */
export function nearestKind(kinds: readonly Kind[], word: string): string | undefined {
  return nearest(
    word,
    kinds.map((kind) => kind.id),
  )
}

/** The kinds of which the project has a definition with this id. */
export function findOwners(kinds: readonly Kind[], id: string): Kind[] {
  if (!ID_PATTERN.test(id)) return []
  const root = definitionsRoot(findProject(process.cwd()))
  return kinds.filter((kind) => existsSync(join(root, kind.id, id)))
}
