// @ts-check
// The databases that a migration is made from, in memory.
import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { PGlite } from '@electric-sql/pglite'
import { CREATE_ROLES, CREATE_STORAGE } from './blank-database.mjs'
import { readCatalog } from './catalog.mjs'
import { ROOT } from './schemas.mjs'

export const MIGRATIONS = join(ROOT, 'supabase/migrations')

/** The names of the migrations, in order. */
export function listMigrations(directory = MIGRATIONS) {
  return readdirSync(directory)
    .filter((name) => /^\d{14}_\w+\.sql$/.test(name))
    .sort()
}

/** The texts of the migrations, in order. */
export function readMigrations(directory = MIGRATIONS) {
  return listMigrations(directory).map((name) => readFileSync(join(directory, name), 'utf8'))
}

/** @type {Promise<PGlite> | undefined} */
let blank

async function openBlank() {
  // As src/cloud/embedded/database/pglite-thread.ts does.
  setFlagsFromString('--wasm-tiering-budget=180000000')
  const db = new PGlite()
  await db.exec(CREATE_ROLES + CREATE_STORAGE)
  return db
}

const CACHE = join(ROOT, 'node_modules/.cache/nofx-catalogs')

/** What a catalog depends on besides the scripts. */
const MAKERS = [
  readFileSync(join(ROOT, 'node_modules/@electric-sql/pglite/package.json'), 'utf8'),
  readFileSync(join(import.meta.dirname, 'catalog.mjs'), 'utf8'),
  CREATE_ROLES + CREATE_STORAGE,
]

/**
 * The catalog of a Supabase project after these scripts. It is read once for the same scripts: a file has it then.
 * @param {readonly string[]} scripts
 * @returns {Promise<import('./catalog.mjs').CatalogObject[]>}
 */
export async function catalogAfter(scripts) {
  const name = createHash('sha256')
    .update(JSON.stringify([...MAKERS, ...scripts]))
    .digest('hex')
  const path = join(CACHE, `${name}.json`)
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    // Not there yet.
  }
  const catalog = await readAfter(scripts)
  mkdirSync(CACHE, { recursive: true })
  const making = `${path}-${randomUUID()}`
  writeFileSync(making, JSON.stringify(catalog))
  renameSync(making, path)
  return catalog
}

/**
 * All scripts use one database, which is empty again afterwards.
 * @param {readonly string[]} scripts
 */
async function readAfter(scripts) {
  blank ??= openBlank()
  const db = await blank
  await db.exec('begin')
  try {
    for (const script of scripts) await db.exec(script)
    return await readCatalog(async (sql) => /** @type {any} */ ((await db.query(sql)).rows))
  } finally {
    await db.exec('rollback')
  }
}

/** Closes the database. PGlite sets the process's exit status, so a script sets its own status afterwards. */
export async function closeDatabase() {
  await (await blank)?.close()
}
