import { nameOf } from '../../contract/name.ts'
import type { Verified } from '../../core/verify/verify.ts'
import type { EditedField, VerifiedRows } from '../../core/verify/verify-rows.ts'
import { count, table } from './table.ts'

/** The whole result of `verify`. */
export interface VerifiedRegistry extends Verified {
  rows: VerifiedRows
  /** Why bundles were not checked. */
  stopped?: string
}

/** The revision that a row belongs to. */
export function revisionName(field: EditedField): string {
  const name = nameOf(field)
  return field.version === null ? `the head of ${name}` : `${name} v${field.version}`
}

/** The result of `verify` for people: a table for each sort of damage, and a line for each sort of check. */
export function presentVerified(verified: VerifiedRegistry): string {
  const { rows, stopped } = verified
  const bundles = stopped === undefined ? presentBundles(verified) : `no bundle was checked: ${stopped}`
  return `${bundles}\n${presentRows(rows)}`
}

function presentBundles({ checked, compared, damaged }: Verified): string {
  const rows = damaged.map((one) => [
    one.repaired ? 'repaired' : one.problem,
    nameOf(one),
    `v${one.version}`,
    one.path,
  ])
  const notLooked =
    compared === 'size' ? '; sizes were compared, not hashes: nofx registry verify --deep' : ''
  const rest = `${count(checked, 'bundle')} checked, ${damaged.length} damaged${notLooked}`
  return rows.length ? `${table(['PROBLEM', 'DEFINITION', 'VERSION', 'OBJECT'], rows)}\n${rest}` : rest
}

function presentRows({ revisions, heads, edited }: VerifiedRows): string {
  const rows = edited.map((one) => [
    one.field,
    nameOf(one),
    one.version === null ? 'head' : `v${one.version}`,
    one.problem,
  ])
  const rest = `${count(revisions, 'revision')} and ${count(heads, 'head')} compared with what proves them, ${count(edited.length, 'field')} edited`
  return rows.length ? `${table(['FIELD', 'DEFINITION', 'ROW', 'PROBLEM'], rows)}\n${rest}` : rest
}
