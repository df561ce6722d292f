import { slugify } from '../../contract/fields/id.ts'
import type { Guess, ReadOptions } from '../sources/format.ts'
import { toolNames } from './tool-list.ts'

/** The most skills that a manifest requires. */
const MOST = 100

/** Skills that a source loads and that are here. */
export interface LoadedSkills {
  ids: readonly string[]
  /** Whether the list has no other ones. */
  isWhole: boolean
  guesses: readonly Guess[]
}

/** Finds the skills of the field `skills`. One is written as `skill`, or as `plugin:skill`. */
export function findSkills(
  value: unknown,
  { isLive, prefix }: Partial<Pick<ReadOptions, 'isLive' | 'prefix'>>,
): LoadedSkills {
  const names = toolNames(value) ?? []
  const liveIds = names.map((name) => {
    const parts = [name.split(/:+/).at(-1) ?? '', name].flatMap((part) => slugify(part) ?? [])
    const ids = prefix === undefined ? parts : [...parts.map((id) => `${prefix}-${id}`), ...parts]
    return ids.find((id) => isLive?.('skills', id))
  })
  const ids = [...new Set(liveIds.filter((id) => id !== undefined))].slice(0, MOST)
  const why = 'the source loads these skills, and they are here'
  const guess = { field: 'dependencies.skills', what: ids.join(', '), why }
  return {
    ids,
    isWhole: names.length > 0 && !liveIds.includes(undefined) && names.length <= MOST,
    guesses: ids.length > 0 ? [guess] : [],
  }
}
