import type * as z from 'zod'
import type { ManifestRow, readList, readRows } from './read-heads.ts'
import type { listItem, listRow } from './shapes.ts'

type ListRow = Awaited<ReturnType<typeof readList>>['items'][number]
type TableRow = Awaited<ReturnType<typeof readRows>>['items'][number]

/** A definition of a list with all fields that a list has, each by name, which is faster than the rest of a row. */
export function toItem(row: ListRow, content?: ManifestRow): z.infer<typeof listItem> {
  const { kind, id, digest, promptHash, updatedAt, head, metadata: description } = row
  const { name, summary, tags, provides, owner, facts } = description
  const { category } = facts
  return {
    kind,
    id,
    version: row.version,
    digest,
    promptHash,
    updatedAt,
    head,
    status: row.state,
    name,
    summary,
    tags,
    skills: provides,
    category: typeof category === 'string' ? category : undefined,
    owner,
    declaredVersion: description.version,
    facts,
    manifest: content?.manifest,
    files: content?.files,
  }
}

/** A definition of a list with the fields of a table. */
export function toRow({
  id,
  state,
  version,
  updatedAt,
  metadata: description,
  head,
}: TableRow): z.infer<typeof listRow> {
  const { name, owner, tags } = description
  return { id, name, status: state, version, updatedAt, owner, tags, head }
}
