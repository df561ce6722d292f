// @ts-check
// `npm run migration <verb>_<noun>`: writes the next file of supabase/migrations/ from what changed in
// supabase/schemas/. Without a name: reports whether they agree, and records new files in supabase/migrations.sha256.
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { baselineScript } from './migration/baseline.mjs'
import { compareCatalogs } from './migration/catalog.mjs'
import { CHECKSUMS, checkMigrations, recordMigrations } from './migration/checksums.mjs'
import {
  catalogAfter,
  closeDatabase,
  listMigrations,
  MIGRATIONS,
  readMigrations,
} from './migration/databases.mjs'
import { planMigration } from './migration/forward.mjs'
import { readSchemas, schemaScript } from './migration/schemas.mjs'

/** The first line of a new file, until its author replaces it. */
const UNEXPLAINED = '-- Say here why, in a sentence.'

let failed = false

/** @param {string} name such as `add_release_note` */
async function write(name) {
  if (!/^(create|insert|alter|drop|replace|add|remove|change)(_[a-z]+)+$/.test(name))
    return fail(
      `"${name}" is not <verb>_<noun>, with create, alter, replace, add, change, remove, insert or drop`,
    )
  const statements = readSchemas()
  const after = await catalogAfter([schemaScript(statements)])
  const migrations = readMigrations()
  const path = join(MIGRATIONS, `${nextVersion()}_${name}.sql`)
  if (migrations.length === 0) {
    writeFileSync(path, baselineScript(statements))
    return console.log(`wrote ${path}`)
  }
  const before = await catalogAfter(migrations)
  const steps = planMigration(compareCatalogs(before, after), statements)
  if (steps.length === 0) return console.log('nothing to do: the migrations make what the schema files say')
  const script = `${UNEXPLAINED}\n\n${steps.map(({ sql }) => sql).join('\n\n')}\n`
  writeFileSync(path, script)
  console.log(`wrote ${path}`)
  for (const { check } of steps) if (check) console.log(`check: ${check}`)
  for (const line of await remains([...migrations, script], after)) console.log(line)
  console.log('say on top why; when the file is as it should be: npm run migration')
}

/**
 * What a person still has to write.
 * @param {string[]} scripts
 * @param {import('./migration/catalog.mjs').CatalogObject[]} after
 */
async function remains(scripts, after) {
  try {
    const left = compareCatalogs(await catalogAfter(scripts), after)
    return left.map(({ object, differs }) => `still differs: ${[object, ...differs].join(', ')}`)
  } catch (error) {
    return [`PostgreSQL refuses it as it is: ${/** @type {Error} */ (error).message}`]
  }
}

/** The time in UTC, but later than every existing migration. */
function nextVersion() {
  const now = new Date().toISOString().replace(/\D/g, '').slice(0, 14)
  const last = listMigrations().at(-1)?.slice(0, 14) ?? '0'
  return now > last ? now : String(BigInt(last) + 1n)
}

async function agree() {
  const wrong = checkMigrations().filter((line) => !line.includes('is not recorded'))
  for (const [index, text] of readMigrations().entries())
    if (text.startsWith(UNEXPLAINED)) wrong.push(`${listMigrations()[index]}: say on top why`)
  if (wrong.length > 0) return fail(wrong.join('\n'))
  const after = await catalogAfter([schemaScript()])
  const differences = compareCatalogs(await catalogAfter(readMigrations()), after)
  for (const { object, differs } of differences)
    wrong.push(
      `${[object, ...differs].join(', ')}: not the same in supabase/schemas/ and supabase/migrations/`,
    )
  if (wrong.length > 0) return fail(wrong.join('\n'))
  for (const name of recordMigrations()) console.log(`recorded ${name}`)
  console.log('the migrations make what the schema files say')
}

/** @param {string} message */
function fail(message) {
  console.error(message)
  failed = true
}

if (!existsSync(CHECKSUMS)) writeFileSync(CHECKSUMS, '')
const [name] = process.argv.slice(2)
await (name ? write(name) : agree())
await closeDatabase()
process.exitCode = failed ? 1 : 0
