// @ts-check
// Splits SQL into statements, each with the object that it creates and the comment above it.

/**
 * @typedef {object} Statement
 * @property {string} comment the lines of comment directly above it, '' for none
 * @property {string} sql with its semicolon
 * @property {'table' | 'function' | 'trigger' | 'policy' | 'row' | 'block'} part what it belongs to
 * @property {string} on the table or function that it makes or changes: `public.registry_heads`
 */

/** Where a statement may end or a quoted text begins; everything in between is copied unchanged. */
const TOKEN = /--[^\n]*|'(?:[^']|'')*'|"[^"]*"|\$(\w*)\$[\s\S]*?\$\1\$|;/g

/**
 * Splits a script at its semicolons, except those in texts, names and comments.
 * @param {string} script
 * @returns {Statement[]}
 */
export function splitSql(script) {
  const statements = []
  let from = 0
  for (const token of script.matchAll(TOKEN)) {
    if (token[0] !== ';') continue
    statements.push(toStatement(script.slice(from, token.index + 1)))
    from = token.index + 1
  }
  const rest = toStatement(script.slice(from))
  if (rest.sql) throw new Error(`a statement has no semicolon: ${rest.sql.slice(0, 80)}`)
  return statements
}

/**
 * @param {string} text
 * @returns {Statement}
 */
function toStatement(text) {
  const [, above = '', sql = ''] = /^((?:\s*--[^\n]*(?:\n|$)|\s+)*)([\s\S]*)$/.exec(text) ?? []
  // A comment followed by an empty line is about the file.
  const comment = above.split(/\n[ \t]*\n/).at(-1) ?? ''
  return { comment: comment.trim(), sql: sql.trim(), ...classify(sql) }
}

const NAME = String.raw`("?[\w.]+"?)`

/** @type {readonly [RegExp, Statement['part']][]} */
const FORMS = [
  [new RegExp(`^create (?:unlogged )?table ${NAME}`), 'table'],
  [new RegExp(`^create view ${NAME}`), 'table'],
  [new RegExp(`^create (?:unique )?index \\w+ on ${NAME}`), 'table'],
  [new RegExp(`^alter table ${NAME} enable row level security`), 'table'],
  [new RegExp(`^create function ${NAME}`), 'function'],
  [new RegExp(`^(?:grant|revoke) [\\s\\S]+? on function ${NAME}`), 'function'],
  [new RegExp(`^(?:grant|revoke) [\\s\\S]+? on (?:table )?${NAME}`), 'table'],
  [new RegExp(`^create trigger [\\s\\S]+? on ${NAME}`), 'trigger'],
  [new RegExp(`^(?:create policy|drop policy if exists) \\w+ on ${NAME}`), 'policy'],
  [new RegExp(`^insert into ${NAME}`), 'row'],
  [/^do()/, 'block'],
]

/**
 * @param {string} sql
 * @returns {Pick<Statement, 'part' | 'on'>}
 * @throws Error for a statement that does not belong in a schema file, such as `create or replace` and `alter table`
 */
function classify(sql) {
  if (!sql.trim()) return { part: 'block', on: '' }
  for (const [form, part] of FORMS) {
    const found = form.exec(sql)
    if (found) return { part, on: found[1] ?? '' }
  }
  throw new Error(`a schema file says what there is, and this changes it: ${sql.slice(0, 80)}`)
}
