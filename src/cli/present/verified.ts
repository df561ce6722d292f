import { nameOf } from '../../contract/name.ts'
import type { Verified } from '../../core/verify/verify.ts'
import type { EditedField, VerifiedRows } from '../../core/verify/verify-rows.ts'
import type { Screen } from '../terminal/screen.ts'
import { count, type TableColumn, table } from './table.ts'

const DAMAGED: TableColumn<Verified['damaged'][number]>[] = [
  { heading: 'PROBLEM', of: ({ repaired, problem }) => (repaired ? 'repaired' : problem) },
  { heading: 'DEFINITION', of: nameOf, least: 16 },
  { heading: 'VERSION', of: ({ version }) => `v${version}` },
  { heading: 'OBJECT', of: ({ path }) => path, least: 16, middle: true },
]
const EDITED: TableColumn<EditedField>[] = [
  { heading: 'FIELD', of: ({ field }) => field, least: 12 },
  { heading: 'DEFINITION', of: nameOf, least: 16 },
  { heading: 'ROW', of: ({ version }) => (version === null ? 'head' : `v${version}`) },
  { heading: 'PROBLEM', of: ({ problem }) => problem, least: 12 },
]

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
export function presentVerified(verified: VerifiedRegistry, screen: Screen): string {
  const { rows, stopped } = verified
  const bundles =
    stopped === undefined ? presentBundles(verified, screen) : `no bundle was checked: ${stopped}`
  return `${bundles}\n${presentRows(rows, screen)}`
}

function presentBundles({ checked, compared, fromList, damaged }: Verified, screen: Screen): string {
  const source =
    fromList > 0 ? ` (${fromList} of them from the list of storage, and a sample was measured)` : ''
  const notLooked =
    compared === 'size' ? `; sizes were compared${source}, not hashes: nofx registry verify --deep` : ''
  const rest = `${count(checked, 'bundle')} checked, ${damaged.length} damaged${notLooked}`
  return damaged.length ? `${table(DAMAGED, damaged, screen)}\n${rest}` : rest
}

function presentRows({ revisions, heads, edited }: VerifiedRows, screen: Screen): string {
  const rest = `${count(revisions, 'revision')} and ${count(heads, 'head')} compared with what proves them, ${count(edited.length, 'field')} edited`
  return edited.length ? `${table(EDITED, edited, screen)}\n${rest}` : rest
}
