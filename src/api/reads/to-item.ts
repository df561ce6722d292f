import type * as z from 'zod'
import type { ManifestRow, readList } from './read-heads.ts'
import type { listItem, listRow } from './shapes.ts'

type ListRow = Awaited<ReturnType<typeof readList>>['items'][number]

/** A definition of a list with all fields that a list has. */
export function toItem(
  { metadata: description, state, ...row }: ListRow,
  content?: ManifestRow,
): z.infer<typeof listItem> {
  const { name, summary, tags, provides, owner, version, facts } = description
  const { category } = facts
  return {
    ...row,
    status: state,
    name,
    summary,
    tags,
    skills: provides,
    ...(typeof category === 'string' ? { category } : {}),
    owner,
    declaredVersion: version,
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
}: ListRow): z.infer<typeof listRow> {
  const { name, owner, tags } = description
  return { id, name, status: state, version, updatedAt, owner, tags, head }
}
