import type { ExchangeFormat, ExportItem, LedgerRow } from '../../../src/exchange/contract/format.ts'
import { covers } from '../../../src/exchange/contract/ledger.ts'

type Fields = Record<string, unknown>

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Levels of an agent's manifest that a ledger tells apart. */
const DEPTH: Record<string, number> = { permissions: 1, model: 2, prompts: 1, mcp: 3, metadata: 1 }

function paths(value: unknown, prefix: string, depth: number): string[] {
  if (depth === 0 || !isObject(value)) return [prefix]
  return Object.entries(value).flatMap(([key, one]) => paths(one, `${prefix}.${key}`, depth - 1))
}

/** Every field of a definition that an export must account for, and its other files. */
export function fieldsOf({ definition }: ExportItem): string[] {
  const own = definition.manifest as Fields
  // A file with servers stands for the servers in it.
  const mcp = typeof own.mcp === 'string' ? JSON.parse(definition.texts.get(own.mcp) ?? '') : own.mcp
  const manifest: Fields = { ...own, ...(mcp === undefined ? {} : { mcp }) }
  const named = Object.entries(manifest).flatMap(([key, value]) => {
    const record = key === 'metadata' && isObject(value) ? value.import : undefined
    const kept = isObject(record) && isObject(record.kept) ? Object.keys(record.kept) : []
    return [...paths(value, key, DEPTH[key] ?? 0), ...kept.map((name) => `metadata.import.kept.${name}`)]
  })
  const known = ['agent.json', 'prompts/system.md', 'mcp.json']
  const files = definition.files.map(({ path }) => path).filter((path) => !known.includes(path))
  return [...named.filter((field) => field !== 'metadata.import'), ...files.map((path) => `files.${path}`)]
}

/** The fields that no row of the ledger covers. */
export function unaccounted(item: ExportItem, ledger: readonly LedgerRow[]): string[] {
  const own = ledger.filter(({ source }) => source === `agents/${item.definition.id}`)
  return fieldsOf(item).filter((field) => !own.some(({ at }) => at === '*' || covers(at, field)))
}

/** Rows of a ledger that the format does not list: its page would be silent about them. */
export function unlisted({ writes = [] }: ExchangeFormat, ledger: readonly LedgerRow[]): string[] {
  const listed = new Set(writes.map(({ field, outcome, reason }) => `${field} ${outcome} ${reason}`))
  const rows = ledger.map(({ field, outcome, reason }) => `${field} ${outcome} ${reason}`)
  return [...new Set(rows)].filter((row) => !listed.has(row))
}
