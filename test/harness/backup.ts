import type { CloudDatabase } from './cloud-database.ts'

const TABLES = `select n.nspname as schema, c.relname as name,
    string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns
  from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
  where c.relkind = 'r' and n.nspname !~ '^(pg_|preview_|information_schema$|backup$)'
  group by n.nspname, c.relname`

interface Table {
  schema: string
  name: string
  columns: string
}

/** Copies all rows, as a dump of the database does; those that previews have for themselves are not among them. */
export async function backUp({ query }: CloudDatabase): Promise<void> {
  const copies = (await query<Table>(TABLES)).map(
    ({ schema, name, columns }) =>
      `create table backup."${schema}.${name}" as select ${columns} from only "${schema}"."${name}";`,
  )
  await query(`drop schema if exists backup cascade; create schema backup; ${copies.join('\n')}`)
}

/** Puts them back in one transaction, as `pg_restore --clean --single-transaction` does: no reader is cut off. */
export async function restore({ query }: CloudDatabase): Promise<void> {
  const rows = (await query<Table>(TABLES)).map(
    ({ schema, name, columns }) => `delete from only "${schema}"."${name}";
      insert into "${schema}"."${name}" (${columns}) overriding system value
        select ${columns} from backup."${schema}.${name}";`,
  )
  await query(`begin; set local session_replication_role = replica; ${rows.join('\n')} commit`)
}
