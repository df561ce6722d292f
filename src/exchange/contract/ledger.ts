import type { JsonObject } from '../../contract/kind.ts'
import type { FieldRow, LedgerRow } from './format.ts'

/** Collects what becomes of one source's fields. */
export class LedgerPage {
  readonly rows: LedgerRow[] = []
  private readonly source: string

  constructor(source: string) {
    this.source = source
  }

  /** @param at the field's place, where the row's `field` has stars */
  note(row: FieldRow, at: string = row.field): void {
    this.rows.push({ ...row, source: this.source, at })
  }

  /** Notes every field of an object by the first row that fits its name. */
  noteAll(fields: JsonObject, rows: readonly FieldRow[]): void {
    for (const name of Object.keys(fields)) {
      const row = rows.find(({ field }) => field === name)
      if (row) this.note(row)
    }
  }
}

/** Whether a ledger's place covers a field: it is the field, or one that contains it. */
export function covers(at: string, field: string): boolean {
  return field === at || field.startsWith(`${at}.`)
}

/** Whether a row is a loss that `--strict` refuses. */
export function isLoss({ outcome, limits }: FieldRow): boolean {
  return limits === true && (outcome === 'dropped' || outcome === 'approximated')
}
