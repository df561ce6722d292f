// @ts-check
// `supabase/migrations.sha256`: the digest of each migration when it was recorded. A test finds a migration that
// changes later, and so does `sha256sum -c migrations.sha256` in supabase/.
import { createHash } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listMigrations, MIGRATIONS } from './databases.mjs'
import { ROOT } from './schemas.mjs'

export const CHECKSUMS = join(ROOT, 'supabase/migrations.sha256')

/** @param {string} path */
const digestOf = (path) => createHash('sha256').update(readFileSync(path)).digest('hex')

/**
 * The recorded digest of each migration.
 * @param {string} [file]
 * @returns {Map<string, string>}
 */
export function readChecksums(file = CHECKSUMS) {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return new Map(lines.map((line) => [line.slice(66).replace(/^migrations\//, ''), line.slice(0, 64)]))
}

/**
 * The disagreements with the record, one sentence each.
 * @param {string} [file]
 * @param {string} [directory]
 */
export function checkMigrations(file = CHECKSUMS, directory = MIGRATIONS) {
  const recorded = readChecksums(file)
  const there = listMigrations(directory)
  return [
    ...[...recorded.keys()]
      .filter((name) => !there.includes(name))
      .map((name) => `${name} is missing: restore it`),
    ...there.flatMap((name) => {
      const digest = recorded.get(name)
      if (!digest) return [`${name} is not recorded: npm run migration`]
      if (digest === digestOf(join(directory, name))) return []
      return [
        `${name} was changed after it was recorded: restore it, and write the next one with npm run migration`,
      ]
    }),
  ]
}

/**
 * Adds the migrations that are not recorded yet; existing lines do not change.
 * @param {string} [file]
 * @param {string} [directory]
 * @returns {string[]} their names
 */
export function recordMigrations(file = CHECKSUMS, directory = MIGRATIONS) {
  const recorded = readChecksums(file)
  const added = listMigrations(directory).filter((name) => !recorded.has(name))
  const lines = added.map((name) => `${digestOf(join(directory, name))}  migrations/${name}\n`)
  if (added.length > 0) writeFileSync(file, lines.join(''), { flag: 'a' })
  return added
}
