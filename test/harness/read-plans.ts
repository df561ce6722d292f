import { dirname, join } from 'node:path'
import type { Query } from './database.ts'

/** What one statement read, as PostgreSQL measured it. */
export interface StatementReads {
  text: string
  /** The rows that scans read of each table, also those that a filter removed. */
  rows: Map<string, number>
  /** Pages of 8 kB that its scans looked at. */
  pages: number
}

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  'Shared Hit Blocks'?: number
  'Shared Read Blocks'?: number
  Plans?: PlanNode[]
}

const SETTINGS = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_buffers': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
}

/**
 * Lets a database write the plan of every statement, also of those inside of functions, to the log of its server.
 * Connections that are made afterwards do so.
 * @returns what `work` made the database read
 */
export async function watchPlans(
  query: Query,
  database: string,
): Promise<(work: () => Promise<unknown>) => Promise<StatementReads[]>> {
  for (const [name, value] of Object.entries(SETTINGS))
    await query(`alter database ${database} set ${name} = '${value}'`)
  const [place] = await query<{ data_directory: string }>('show data_directory')
  const log = join(dirname(place?.data_directory ?? ''), 'log')
  const end = async () => {
    const [file] = await query<{ size: string }>('select size::text from pg_stat_file($1)', [log])
    return Number(file?.size)
  }
  return async (work) => {
    const from = await end()
    await work()
    const [part] = await query<{ text: string }>('select pg_read_file($1, $2, $3) as text', [
      log,
      from,
      (await end()) - from,
    ])
    return readLog(part?.text ?? '')
  }
}

/** Every entry of the log begins with its time and process. */
const ENTRY = /^(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \S+ \[\d+\] )/m
const PLAN = /^.* LOG: {2}duration: .* plan:\n([\s\S]*)$/

function readLog(text: string): StatementReads[] {
  return text.split(ENTRY).flatMap((entry) => {
    const [, json] = PLAN.exec(entry) ?? []
    if (json === undefined) return []
    const { 'Query Text': query, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode }
    const reads: StatementReads = { text: query, rows: new Map(), pages: 0 }
    addNode(plan, reads)
    return [reads]
  })
}

function addNode(node: PlanNode, reads: StatementReads): void {
  const table = node['Relation Name']
  const type = node['Node Type']
  if (table !== undefined && type !== 'ModifyTable' && !table.startsWith('pg_')) {
    const removed = (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
    const rows = (node['Actual Rows'] + removed) * node['Actual Loops']
    reads.rows.set(table, (reads.rows.get(table) ?? 0) + rows)
    reads.pages += (node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0)
  }
  for (const inner of node.Plans ?? []) addNode(inner, reads)
}
