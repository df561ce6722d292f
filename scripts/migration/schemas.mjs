// @ts-check
// The schema files, `supabase/schemas/*.sql`: the database as it is, each object once.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { splitSql } from './statements.mjs'

export const ROOT = join(import.meta.dirname, '../..')
export const SCHEMAS = join(ROOT, 'supabase/schemas')

/** The order in which to read the files, and in which their objects are created. A new file is added here. */
export const ORDER = [
  'refusals',
  'definitions',
  'revisions',
  'public-views',
  'policies',
  'auth',
  'storage',
  'stage',
  'begin',
  'switch',
  'publish',
  'checks',
  'finish',
  'holds',
  'versions',
  'references',
  'undo',
  'copies',
  'withdraw',
  'erase',
  'archives',
  'lists',
  'editions',
  'reads',
  'events',
  'history',
  'reports',
  'instantiate',
  'webhooks',
  'deliveries',
  'setup',
  'previews',
  'preview-end',
  'preview-schema',
  'preview-overlay',
  'preview-reads',
  'ci-reads',
]

/**
 * A statement of a schema file, with the comment above it.
 * @typedef {import('./statements.mjs').Statement & { file: string }} SchemaStatement
 */

/**
 * All statements of the schema files, in reading order.
 * @param {string} [directory]
 * @returns {SchemaStatement[]}
 * @throws Error if a file is not in the list, or the list names a file that does not exist
 */
export function readSchemas(directory = SCHEMAS) {
  const there = readdirSync(directory).filter((name) => name.endsWith('.sql'))
  const unlisted = there.filter((name) => !ORDER.includes(name.slice(0, -4)))
  if (unlisted.length > 0)
    throw new Error(
      `${unlisted.join(', ')}: give each file its place in ORDER of scripts/migration/schemas.mjs`,
    )
  return ORDER.flatMap((file) =>
    splitSql(readFileSync(join(directory, `${file}.sql`), 'utf8')).map((statement) => ({
      ...statement,
      file,
    })),
  )
}

/**
 * Tables come before statements that name them, and functions before statements that call them during a migration.
 */
const PARTS = ['table', 'function', 'trigger', 'policy', 'row', 'block']

/**
 * The same statements in the order of their dependencies. Functions' bodies are not checked at creation, because
 * functions name each other.
 * @template {import('./statements.mjs').Statement} S
 * @param {readonly S[]} statements
 * @returns {S[][]} one list for each part
 */
export function byDependency(statements) {
  return PARTS.map((part) => statements.filter((statement) => statement.part === part))
}

/**
 * The schema files as one script that creates everything in an empty database.
 * @param {readonly import('./statements.mjs').Statement[]} [statements]
 */
export function schemaScript(statements = readSchemas()) {
  const [tables, functions, ...rest] = byDependency(statements).map((part) =>
    part.map(({ comment, sql }, index) => {
      const before = index > 0 && startsObject(sql) ? '\n' : ''
      return `${before}${comment ? `${comment}\n` : ''}${sql}`
    }),
  )
  const parts = [
    tables,
    ['set check_function_bodies = off;', '', ...(functions ?? []), '', 'reset check_function_bodies;'],
    ...rest,
  ]
  return `${parts.flatMap((part) => (part && part.length > 0 ? [part.join('\n')] : [])).join('\n\n')}\n`
}

/** @param {string} sql */
function startsObject(sql) {
  return /^(create (unlogged )?table|create function|do)\b/.test(sql)
}
