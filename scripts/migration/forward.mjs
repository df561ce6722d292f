// @ts-check
// The next migration: it changes the database made by the migrations to the one that the schema files describe.

import { grantAgain, qualified } from './grants.mjs'
import { addConstraint, alterColumn, alterTable, createIndex, dropConstraint, dropIndex } from './tables.mjs'

/** @typedef {import('./catalog.mjs').CatalogObject} CatalogObject */
/** @typedef {import('./catalog.mjs').Difference} Difference */
/** @typedef {import('./schemas.mjs').SchemaStatement} SchemaStatement */

/**
 * A step of the migration. A person must review a step with `check`: data may be lost, or the text is a guess.
 * @typedef {{ sql: string, check?: string }} Step
 */

/**
 * The steps in an order in which they can run.
 * @param {readonly Difference[]} differences
 * @param {readonly SchemaStatement[]} statements of the schema files
 * @returns {Step[]}
 */
export function planMigration(differences, statements) {
  const views = differences.filter(({ after, before }) => (after ?? before)?.is.kind === 'v')
  const tables = differences.filter((one) => !views.includes(one))
  const made = new Set(
    tables.flatMap((one) => (one.after?.type === 'table' && !one.before ? [one.after.name] : [])),
  )
  const gone = new Set(
    tables.flatMap((one) => (one.before?.type === 'table' && !one.after ? [one.before.name] : [])),
  )
  const viewNames = new Set(views.map(({ after, before }) => (after ?? before)?.name))
  // Objects of a table that is created or dropped are created or dropped with it.
  const single = tables.filter((one) => {
    const owner = one.after?.owner ?? one.before?.owner ?? ''
    if (viewNames.has(owner)) return false
    return one.before?.type === 'table' || !(made.has(owner) || gone.has(owner))
  })
  const of = (/** @type {string} */ type) => single.filter((one) => (one.after ?? one.before)?.type === type)
  return [
    ...views.flatMap(({ before }) => (before ? [{ sql: `drop view ${qualified(before.name)};` }] : [])),
    ...of('policy').flatMap(dropPolicy),
    ...of('trigger').flatMap(dropTrigger),
    ...of('constraint').flatMap(dropConstraint),
    ...of('index').flatMap(dropIndex),
    ...[...made].flatMap((table) => createTable(table, statements)),
    ...of('table').flatMap(alterTable),
    ...of('column').flatMap(alterColumn),
    ...of('constraint').flatMap(addConstraint),
    ...of('index').flatMap(createIndex),
    ...of('function').flatMap((one) => replaceFunction(one, statements)),
    ...views.flatMap(({ after }) => (after ? createTable(after.name, statements) : [])),
    ...of('trigger').flatMap(createTrigger),
    ...[...made].flatMap((table) => statementsOn(table, ['trigger', 'policy'], statements)),
    ...of('policy').flatMap((one) => createPolicy(one, statements)),
    ...[...gone].map((table) => ({
      sql: `drop table public.${table};`,
      check: `the rows of ${table} are lost`,
    })),
    ...['type', 'publication', 'rows'].flatMap(of).map(byHand),
  ]
}

/**
 * @param {string} table
 * @param {readonly string[]} parts
 * @param {readonly SchemaStatement[]} statements
 * @returns {Step[]}
 */
function statementsOn(table, parts, statements) {
  return statements
    .filter(({ on, part }) => on === qualified(table) && parts.includes(part))
    .map(({ comment, sql }) => ({ sql: withComment(comment, sql) }))
}

/** @param {string} comment @param {string} sql */
const withComment = (comment, sql) => (comment ? `${comment}\n${sql}` : sql)

/**
 * @param {string} table
 * @param {readonly SchemaStatement[]} statements
 * @returns {Step[]}
 */
function createTable(table, statements) {
  return [
    {
      sql: statementsOn(table, ['table'], statements)
        .map(({ sql }) => sql)
        .join('\n'),
    },
  ]
}

/** @param {Difference} difference @returns {Step[]} */
const dropTrigger = ({ before }) =>
  before ? [{ sql: `drop trigger ${before.name.replace(/ on .*/, '')} on ${qualified(before.owner)};` }] : []

/** @param {Difference} difference @returns {Step[]} */
const createTrigger = ({ after }) => (after ? [{ sql: `${after.is.definition};` }] : [])

/** @param {Difference} difference @returns {Step[]} */
const dropPolicy = ({ before }) => (before ? [{ sql: `drop policy ${before.name};` }] : [])

/**
 * @param {Difference} difference
 * @param {readonly SchemaStatement[]} statements
 * @returns {Step[]}
 */
function createPolicy({ object, after }, statements) {
  if (!after) return []
  const name = after.name.replace(/ on .*/, '')
  const found = statements.find(
    ({ on, sql }) => on === qualified(after.owner) && sql.startsWith(`create policy ${name} on `),
  )
  if (found) return [{ sql: withComment(found.comment, found.sql) }]
  return [{ sql: `-- ${object}`, check: `${object} is made by a block: write it` }]
}

/**
 * @param {Difference} difference
 * @param {readonly SchemaStatement[]} statements
 * @returns {Step[]}
 */
function replaceFunction({ before, after, differs }, statements) {
  if (!after) return [{ sql: `drop function ${signature(before)};` }]
  const again = before !== undefined && (differs.includes('result') || differs.includes('arguments'))
  const sql = [grantAgain(`function ${signature(after)}`, `function ${signature(after)}`, after.is.grants)]
  if (!before || differs.some((what) => what !== 'grants')) sql.unshift(definitionOf(after, statements))
  return [{ sql: (again ? [`drop function ${signature(before)};`, ...sql] : sql).join('\n') }]
}

/** @param {CatalogObject | undefined} object */
const signature = (object) => qualified(object?.name ?? '')

/**
 * The function's text in the schema file; for a function that a block creates, the text in the catalog.
 * @param {CatalogObject} object
 * @param {readonly SchemaStatement[]} statements
 */
function definitionOf({ name, is }, statements) {
  const on = qualified(name.replace(/\(.*/, ''))
  const found = statements.find((one) => one.on === on && one.sql.startsWith('create function '))
  if (!found) return `${is.definition};`
  return withComment(found.comment, found.sql.replace('create function', 'create or replace function'))
}

/** @param {Difference} difference @returns {Step} */
function byHand({ object, before, after }) {
  const what = after ? (before ? 'differs' : 'is new') : 'is gone'
  return { sql: `-- ${object} ${what}`, check: `${object} ${what}: write the statement` }
}
