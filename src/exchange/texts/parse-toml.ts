import type { JsonObject } from '../../contract/kind.ts'

/** Levels of nesting, as in front matter. */
const MAX_DEPTH = 16

/** The fields of a TOML text, or what is wrong with it and where. */
export type ParsedToml = { ok: true; data: JsonObject } | { ok: false; message: string; offset: number }

/** Reads TOML as plain JSON: dates, large numbers and what JSON lacks become text. */
export async function parseToml(text: string): Promise<ParsedToml> {
  const { parse, TomlError } = await import('smol-toml')
  try {
    const options = { maxDepth: MAX_DEPTH, integersAsBigInt: 'asNeeded', unsafeKeys: 'throw' } as const
    return { ok: true, data: plain(parse(text, options)) as JsonObject }
  } catch (error) {
    const message = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
    const offset = error instanceof TomlError ? findOffset(text, error.line, error.column) : 0
    return { ok: false, message: message.replace(/^Invalid TOML document: /, ''), offset }
  }
}

function plain(value: unknown): unknown {
  if (typeof value === 'bigint' || value instanceof Date)
    return value instanceof Date ? value.toISOString() : String(value)
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value)
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plain(one)]))
}

function findOffset(text: string, line: number, column: number): number {
  const before = text.split('\n').slice(0, line - 1)
  return Math.min(text.length, before.reduce((sum, one) => sum + one.length + 1, 0) + column - 1)
}
