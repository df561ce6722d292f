/**
 * Yields the index of each entry that repeats an earlier one, with the index of the first. Meant for short lists: it
 * builds no Set.
 */
export function* duplicates(values: readonly string[]): Generator<{ index: number; first: number }> {
  for (let index = 1; index < values.length; index++) {
    const first = values.indexOf(values[index] as string)
    if (first < index) yield { index, first }
  }
}

/** True for a list without repetitions: the usual case, tested without the cost of a generator. */
export function allUnique(values: readonly string[]): boolean {
  if (values.length > 16) return new Set(values).size === values.length
  for (let index = 1; index < values.length; index++)
    if (values.indexOf(values[index] as string) < index) return false
  return true
}
