// @ts-check
// The steps of a migration that change a table, its columns, constraints and indexes.
import { grantAgain, grantsOf, qualified } from './grants.mjs'

/** @typedef {import('./catalog.mjs').CatalogObject} CatalogObject */
/** @typedef {import('./catalog.mjs').Difference} Difference */
/** @typedef {import('./forward.mjs').Step} Step */

/** @param {Difference} difference @returns {Step[]} */
export function alterTable({ after, before, differs }) {
  if (!after || !before) return []
  const table = qualified(after.name)
  return differs.map((what) => {
    if (what === 'row security')
      return { sql: `alter table ${table} ${after.is[what] ? 'enable' : 'disable'} row level security;` }
    if (what === 'grants') return { sql: grantAgain(`table ${table}`, table, after.is.grants) }
    return { sql: `-- ${table}: ${what}`, check: `${table} has another "${what}": write the statement` }
  })
}

/** @param {Difference} difference @returns {Step[]} */
export function alterColumn({ object, after, before, differs }) {
  const [table, column] = (after ?? before)?.name.split(/\.(?=[^.]*$)/) ?? []
  const on = `alter table ${qualified(table ?? '')}`
  if (!after) {
    if (before?.is.inherited) return []
    return [{ sql: `${on} drop column ${column};`, check: `the values of ${object} are lost` }]
  }
  const { type, default: fallback, 'not null': needed, inherited } = after.is
  if (!before) {
    if (inherited) return []
    const rest = `${fallback === null ? '' : ` default ${fallback}`}${needed ? ' not null' : ''}`
    const check = needed && fallback === null ? `rows that exist have no value for ${object}` : undefined
    return [
      {
        sql: `${on} add column ${column} ${type}${rest};`,
        check: check ?? `${object}: a new column is last in its schema file`,
      },
      ...columnGrants(qualified(table ?? ''), column ?? '', [], after.is.grants),
    ]
  }
  return differs.flatMap((what) =>
    alterProperty(on, { table: qualified(table ?? ''), column: column ?? '', what }, before, after),
  )
}

/**
 * @param {string} on
 * @param {{ table: string, column: string, what: string }} place
 * @param {CatalogObject} before
 * @param {CatalogObject} after
 * @returns {Step[]}
 */
function alterProperty(on, { table, column, what }, before, after) {
  const value = after.is[what]
  const alter = `${on} alter column ${column}`
  switch (what) {
    case 'type':
      return [{ sql: `${alter} type ${value};`, check: `every value of ${table}.${column} is converted` }]
    case 'default':
      return [{ sql: value === null ? `${alter} drop default;` : `${alter} set default ${value};` }]
    case 'not null':
      return [
        { sql: `${alter} ${value ? 'set' : 'drop'} not null;`, check: `rows of ${table} may lack ${column}` },
      ]
    case 'grants':
      return columnGrants(table, column, before.is.grants, value)
    default:
      return [
        {
          sql: `-- ${table}.${column}: ${what}`,
          check: `${table}.${column} has another "${what}": write the statement`,
        },
      ]
  }
}

/**
 * @param {string} table @param {string} column @param {unknown} before @param {unknown} after
 * @returns {Step[]}
 */
function columnGrants(table, column, before, after) {
  const [old, now] = [grantsOf(before), grantsOf(after)]
  return [
    ...old
      .filter((one) => !now.includes(one))
      .map((one) => ({ sql: `revoke ${one.replace(' to ', ` (${column}) on ${table} from `)};` })),
    ...now
      .filter((one) => !old.includes(one))
      .map((one) => ({ sql: `grant ${one.replace(' to ', ` (${column}) on ${table} to `)};` })),
  ]
}

/** @param {Difference} difference @returns {Step[]} */
export function dropConstraint({ before, after, object }) {
  if (!before || (before.is.inherited && !after)) return []
  const check = after ? undefined : `${object} is gone: rows that break it may come`
  return [{ sql: `alter table ${qualified(before.owner)} drop constraint ${before.is.name};`, check }]
}

/** @param {Difference} difference @returns {Step[]} */
export function addConstraint({ after, object }) {
  if (!after || after.is.inherited) return []
  const sql = `alter table ${qualified(after.owner)} add constraint ${after.is.name} ${after.is.definition};`
  return [{ sql, check: `every row that exists must keep ${object}` }]
}

/** @param {Difference} difference @returns {Step[]} */
export const dropIndex = ({ before }) =>
  before && !before.is.constraint ? [{ sql: `drop index ${qualified(before.name)};` }] : []

/** @param {Difference} difference @returns {Step[]} */
export const createIndex = ({ after }) =>
  after && !after.is.constraint ? [{ sql: `${after.is.definition};` }] : []
