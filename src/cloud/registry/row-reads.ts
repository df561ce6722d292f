import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { parseShape } from '../../contract/manifest/accept.ts'
import type {
  AuditedRow,
  HeadRow,
  Page,
  RegistryRows,
  RevisionRow,
} from '../../core/registry/registry-rows.ts'
import type { Ask } from './ask.ts'
import {
  findColumn,
  HEAD_COLUMNS,
  headColumns,
  REVISION_COLUMNS,
  revisionColumns,
  toRevision,
} from './rows.ts'
import { count, fileEntry, gitTree, json, jsonObject, line } from './shapes.ts'

/** The fields that identify a row. */
const revisionPlace = z.looseObject({ id: line(1_000), version: count })
const headPlace = z.looseObject({ id: line(1_000) })

/** Rows as stored, without fields that are only added for readers. */
const audited = revisionColumns.extend({
  files: z.array(fileEntry.strict()).max(10_000),
  metadata: jsonObject,
  refs: z.array(json).max(20_000),
  gitTree: gitTree.nullable(),
})
const auditedHead = headColumns.extend({
  metadata: jsonObject,
  refs: z.array(json).max(20_000),
  gitTree: gitTree.nullable(),
})

/** The port's reads of whole rows, for verification. */
export function createRowReads(client: SupabaseClient, ask: Ask): RegistryRows {
  return {
    async revisionRows(kind, page) {
      const columns = `${REVISION_COLUMNS},metadata,refs,gitTree:git_tree`
      const all = client.from('registry_revisions').select(columns).eq('kind', kind)
      const { id, after } = page
      const own = id === undefined ? all : all.eq('id', id)
      // The lower limit lets the database begin there; it could not take it from the other condition.
      const rest = after ? own.gte('id', after.id).or(beyond(after)) : own
      const query = rest.order('id').order('version').limit(page.limit)
      const rows = await ask(`check the revisions of ${kind}`, revisionPlace, query)
      return rows.map((row) => readRow(row, row.version, { shape: audited, columns, to: toRevisionRow }))
    },
    async headRows(kind, page: Page) {
      const columns = `${HEAD_COLUMNS},gitTree:git_tree` as const
      const all = client.from('registry_heads').select(columns).eq('kind', kind)
      const own = page.id === undefined ? all : all.eq('id', page.id)
      const rest = page.after ? own.gt('id', page.after.id) : own
      const rows = await ask(`check the heads of ${kind}`, headPlace, rest.order('id').limit(page.limit))
      const reading = { shape: auditedHead, columns, to: (row: HeadRow) => row }
      return rows.map((row) => readRow(row, 0, reading))
    },
  }
}

function beyond({ id, version }: { id: string; version: number }): string {
  // Quoted, since an edited id may contain characters with a meaning for PostgREST.
  const quoted = `"${id.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  return `id.gt.${quoted},and(id.eq.${quoted},version.gt.${version})`
}

/** How rows are read: `columns` are the names under which misfits are reported. */
interface RowReading<S extends z.ZodType, Row> {
  shape: S
  columns: string
  to: (read: z.output<S>) => Row
}

function readRow<S extends z.ZodType, Row>(
  row: { id: string },
  version: number,
  { shape, columns, to }: RowReading<S, Row>,
): AuditedRow<Row> {
  const { id } = row
  const read = parseShape(shape, row)
  if (read.success) return { id, version, row: to(read.data as z.output<S>), misfits: [] }
  const fields = new Set(read.error.issues.map(({ path }) => String(path[0])))
  return { id, version, misfits: [...fields].map((field) => findColumn(columns, field)) }
}

function toRevisionRow(row: z.output<typeof audited>): RevisionRow {
  return { ...toRevision(row), metadata: row.metadata, refs: row.refs, gitTree: row.gitTree }
}
