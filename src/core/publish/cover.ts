import { type Covers, nameOf } from '../../contract/name.ts'

/** The definitions that a publish or a comparison is about. */
export interface Cover {
  /** Ids of kinds. */
  publishes: readonly string[]
  /**
   * Ids of definitions of any of these kinds, names as `agents/reviewer`, and whole kinds as `agents/`; undefined for
   * everything of these kinds.
   */
  only?: readonly string[]
}

/** True for the covered definitions. */
export function buildCover({ publishes, only }: Cover): Covers {
  const published = new Set(publishes)
  if (!only) return ({ kind }) => published.has(kind)
  const names = new Set(only)
  return (one) =>
    published.has(one.kind) && [one.id, nameOf(one), `${one.kind}/`].some((name) => names.has(name))
}
