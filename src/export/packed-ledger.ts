import type { FieldRow, Ledger } from '../exchange/contract/format.ts'

/** A ledger whose rows are named by their places in lists: most rows of an export are the same few. */
export interface PackedLedger {
  rows: readonly FieldRow[]
  sources: readonly string[]
  /** For each row: the index of its source, the index of its row, and its place unless that is the row's field. */
  entries: readonly (number | string)[][]
}

/** Makes a ledger small enough to be stored. */
export function packLedger(ledger: Ledger): PackedLedger {
  const rows = new Index<FieldRow>((row) => JSON.stringify(row))
  const sources = new Index<string>((source) => source)
  const entries = ledger.map(({ source, at, ...row }) => {
    const entry = [sources.add(source), rows.add(row)]
    return at === row.field ? entry : [...entry, at]
  })
  return { rows: rows.all, sources: sources.all, entries }
}

/** The ledger as it was packed. */
export function unpackLedger({ rows, sources, entries }: PackedLedger): Ledger {
  return entries.flatMap(([source, row, at]) => {
    const field = rows[Number(row)]
    return field ? [{ ...field, source: String(sources[Number(source)]), at: String(at ?? field.field) }] : []
  })
}

/** A list in which each value is once. */
class Index<Value> {
  readonly all: Value[] = []
  private readonly places = new Map<string, number>()
  private readonly keyOf: (value: Value) => string

  constructor(keyOf: (value: Value) => string) {
    this.keyOf = keyOf
  }

  /** The place of a value, which is added if it is new. */
  add(value: Value): number {
    const key = this.keyOf(value)
    const place = this.places.get(key) ?? this.all.push(value) - 1
    this.places.set(key, place)
    return place
  }
}
