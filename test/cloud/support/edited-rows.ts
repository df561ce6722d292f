import type { CloudDatabase } from '../../harness/cloud-database.ts'

/** Rows of one table that can be edited without the registry, and restored. */
export interface EditedTable {
  columns: string[]
  /** Sets a column of one definition's row; false when the database itself refuses it. */
  edit(column: string, expression: string, where: string): Promise<boolean>
  restore(): Promise<void>
}

const TABLES: Record<string, string[]> = {
  registry_revisions: ['registry_revisions'],
  registry_heads: ['agent_registry', 'template_registry'],
}

/** Removes the guards from a table, as its owner could. */
export async function editable(
  { query }: CloudDatabase,
  table: 'registry_revisions' | 'registry_heads',
): Promise<EditedTable> {
  const own = new Map<string, string>()
  for (const name of TABLES[table] ?? []) {
    await query(`alter table public.${name} disable trigger user`)
    await query(`drop table if exists public.kept_${name}`)
    await query(`create table public.kept_${name} as select * from only public.${name}`)
    own.set(name, (await columnsOf(name, 'generated')).join(', '))
  }

  async function columnsOf(name: string, left?: 'generated'): Promise<string[]> {
    const rows = await query<{ name: string }>(
      `select attname as name from pg_attribute where attrelid = 'public.${name}'::regclass and attnum > 0
        and not attisdropped ${left ? "and attgenerated = ''" : ''} order by attnum`,
    )
    return rows.map((row) => row.name)
  }

  return {
    columns: await columnsOf(table, 'generated'),
    async edit(column, expression, where) {
      try {
        const sql = `update public.${table} set ${column} = ${expression} where ${where} returning id`
        return (await query(sql)).length === 1
      } catch (error) {
        // 23: a constraint of the table
        if (String((error as { code?: string }).code).startsWith('23')) return false
        throw error
      }
    },
    async restore() {
      for (const [name, columns] of own) {
        await query(`delete from only public.${name}`)
        await query(`insert into public.${name} (${columns}) select ${columns} from public.kept_${name}`)
      }
    },
  }
}
