import { promptHashOf } from '../digest.ts'
import { comparatorsOf } from '../fields/semver.ts'
import type { Definition, Description, FileEntry, Kind } from '../kind.ts'

/** The columns of a revision that its own texts and files decide: nobody's word is taken for them. */
export interface DerivedColumns {
  prompt_hash: string
  declared_version: string | null
  manifest: unknown
  /** Keeps the manifest's status: what a promotion will make of a draft. */
  metadata: Description
  refs: unknown[]
}

/** Makes these columns, for the row that is written and for whoever checks it later. */
export function derivedColumns(
  kind: Kind,
  definition: Definition,
  files: readonly FileEntry[],
): DerivedColumns {
  const metadata = kind.describe(definition)
  return {
    prompt_hash: promptHashOf(kind.id, definition.id, files, kind.promptsOf(definition)),
    declared_version: metadata.version ?? null,
    manifest: definition.manifest,
    metadata,
    refs: refsOf(kind, definition),
  }
}

/** What a definition needs of others, as SQL checks it: ranges in a form that needs no semver parser. */
function refsOf(kind: Kind, definition: Definition): unknown[] {
  const references = kind.references(definition)
  const demands = kind.demands?.(definition) ?? []
  return [
    ...references.map((one) => (one.range ? { ...one, allowed: comparatorsOf(one.range) } : one)),
    ...demands.map((one) => ({ relation: 'demands', ...one })),
  ]
}
