/** A definition as its kind's id and its own. */
export interface Named {
  kind: string
  id: string
}

/** True for a definition that is meant. */
export type Covers = (definition: Named) => boolean

/** `agents/reviewer`: how messages, maps and paths name a definition. */
export function nameOf({ kind, id }: Named): string {
  return `${kind}/${id}`
}

/** Finds each by its name; of two with one name the last. */
export function byName<T extends Named>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((one) => [nameOf(one), one]))
}
