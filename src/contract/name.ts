/** The id of a definition and the id of its kind. */
export interface Named {
  kind: string
  id: string
}

/** True for the definitions in a selection. */
export type Covers = (definition: Named) => boolean

/** The name of a definition in messages, maps and paths: `agents/reviewer`. */
export function nameOf({ kind, id }: Named): string {
  return `${kind}/${id}`
}

/** A map from name to definition. If a name occurs twice, the last definition is kept. */
export function byName<T extends Named>(all: readonly T[]): Map<string, T> {
  return new Map(all.map((one) => [nameOf(one), one]))
}
