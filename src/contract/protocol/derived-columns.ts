import { promptHashOf } from '../digest.ts'
import { parseComparators } from '../fields/semver.ts'
import type { Definition, Description, FileEntry, Kind } from '../kind.ts'

/** The columns of a revision that are computed from its texts and files, and never accepted from a caller. */
export interface DerivedColumns {
  prompt_hash: string
  declared_version: string | null
  manifest: unknown
  /** Keeps the manifest's status: the status that a draft will have after promotion. */
  metadata: Description
  refs: unknown[]
}

/** Computes these columns, both for the row to write and for a later verification. */
export function derivedColumns(
  kind: Kind,
  definition: Definition,
  files: readonly FileEntry[],
): DerivedColumns {
  const description = kind.describe(definition)
  return {
    prompt_hash: promptHashOf(kind.id, definition.id, files, kind.promptsOf?.(definition) ?? []),
    declared_version: description.version ?? null,
    manifest: definition.manifest,
    metadata: description,
    refs: deriveRefs(kind, definition),
  }
}

/**
 * A definition's references in the form that SQL checks: ranges are lists of bounds, so that SQL needs no semver
 * parser.
 */
function deriveRefs(kind: Kind, definition: Definition): unknown[] {
  const references = kind.references(definition)
  const demands = kind.demands?.(definition) ?? []
  return [
    ...references.map((one) => (one.range ? { ...one, allowed: parseComparators(one.range) } : one)),
    ...demands.map((one) => ({ relation: 'demands', ...one })),
  ]
}
