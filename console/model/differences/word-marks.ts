import { diffWordsWithSpace } from 'diff'

/** A run of a line; `isChanged` runs are not in the other line. */
export interface Run {
  /** Where it begins in its line. */
  at: number
  text: string
  isChanged: boolean
}

/** Longer lines are shown without word marks: comparing them would block the page. */
const LONGEST = 2000

/**
 * The words that differ between an old and a new line.
 * @returns the runs of both lines, or undefined when marks would not help: a long line, or nothing in common
 */
export function markWords(before: string, after: string): { before: Run[]; after: Run[] } | undefined {
  if (before.length > LONGEST || after.length > LONGEST) return undefined
  const parts = diffWordsWithSpace(before, after)
  const hasCommon = parts.some(({ added, removed, value }) => !added && !removed && value.trim() !== '')
  if (!hasCommon) return undefined
  return {
    before: placeRuns(parts.filter(({ added }) => !added)),
    after: placeRuns(parts.filter(({ removed }) => !removed)),
  }
}

function placeRuns(parts: readonly { value: string; added: boolean; removed: boolean }[]): Run[] {
  let end = 0
  return parts.map(({ value, added, removed }) => {
    const at = end
    end += value.length
    return { at, text: value, isChanged: added || removed }
  })
}
