import * as z from 'zod'
import { type Filter, type FilterColumn, type FilterRow, parseFilter } from './filter.ts'

/** The one table whose changes are sent: no other table is in the publication. */
export const TABLE = { schema: 'public', table: 'registry_events' } as const

export const COLUMNS: readonly FilterColumn[] = [
  { name: 'seq', type: 'int8' },
  { name: 'type', type: 'text' },
  { name: 'kind', type: 'text' },
  { name: 'id', type: 'text' },
  { name: 'version', type: 'int4' },
  { name: 'digest', type: 'text' },
  { name: 'release_id', type: 'text' },
  { name: 'audience', type: 'text' },
  { name: 'at', type: 'timestamptz' },
  { name: 'mark', type: 'uuid' },
]

/** One `on('postgres_changes', …)` of a client. */
const wishShape = z.object({
  event: z.string().max(20).optional().catch(undefined),
  schema: z.string().max(63).optional().catch(undefined),
  table: z.string().max(63).optional().catch(undefined),
  filter: z.string().max(2000).optional().catch(undefined),
  select: z.array(z.string().max(63)).max(100).optional().catch(undefined),
})
export type Wish = z.output<typeof wishShape>

/** An invalid element becomes an empty wish instead of being dropped: clients match answers by position. */
export const wishesShape = z.array(wishShape.catch({})).max(100).catch([])

/** A wish that is granted. */
export interface Binding {
  /** The number by which a client identifies the wish; never 0, which the client reads as missing. */
  id: number
  wants: Filter
  columns: readonly FilterColumn[]
}

/** @returns the bindings, or why changes are not sent, in the hosted service's words: one invalid wish refuses all */
export function bindAll(wishes: readonly Wish[], ids: readonly number[]): Binding[] | string {
  const bindings: Binding[] = []
  for (const [index, wish] of wishes.entries()) {
    const binding = bind(wish, ids[index] ?? 0)
    if (typeof binding === 'string') return binding
    bindings.push(binding)
  }
  return bindings
}

function bind(wish: Wish, id: number): Binding | string {
  const { event = '*', schema, table, filter, select } = wish
  if (schema === undefined && table === undefined)
    return 'No subscription params provided. Please provide at least a `schema` or `table` to subscribe to'
  const bindingText =
    `event: ${event}, schema: ${schema ?? 'public'}, table: ${table ?? '*'}, ` +
    `filters: [${filter ?? ''}], select: ${select?.length ? `[${select.join(', ')}]` : 'nil'}`
  const start = 'Unable to subscribe to changes with given parameters.'
  const matches = (filter: string | undefined, name: string) => filter === '*' || filter === name
  const published =
    matches(schema ?? 'public', TABLE.schema) &&
    matches(table ?? '*', TABLE.table) &&
    /^(\*|insert)$/i.test(event)
  if (!published)
    return `${start} Please check Realtime is enabled for the given connect parameters: [${bindingText}]`
  const wants = parseFilter(filter ?? '', COLUMNS)
  if (typeof wants === 'string')
    return wants.startsWith('Error')
      ? wants
      : `${start} An exception happened so please check your connect parameters: [${bindingText}]. Exception: ${wants}`
  const columns = select?.length ? COLUMNS.filter(({ name }) => select.includes(name)) : COLUMNS
  return { id, wants, columns }
}

/** The part of a change that contains the row, limited to `columns`. */
export function buildChange(row: FilterRow, columns: readonly FilterColumn[]): Record<string, unknown> {
  const record = Object.fromEntries(columns.map(({ name }) => [name, row[name] ?? null]))
  if (record.at) record.at = isoInstant(String(record.at))
  const commit_timestamp = new Date(String(row.at)).toISOString()
  return { ...TABLE, type: 'INSERT', commit_timestamp, columns, record, errors: null }
}

/** lite writes an instant as PostgreSQL prints it; PostgREST and Realtime write it as JSON has it. */
function isoInstant(text: string): string {
  return text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00')
}
