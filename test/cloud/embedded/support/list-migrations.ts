// Prints the migrations that a copy of nofx finds beside itself.
import { readFileSync } from 'node:fs'
import { listMigrations } from '../../../../src/cloud/embedded/database/migrations.ts'

const all = listMigrations()
const [first] = all
console.log(JSON.stringify({ count: all.length, first: first && readFileSync(first.path, 'utf8') }))
