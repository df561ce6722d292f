import { mkdtempSync, rmSync, writeFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { generate } from './generate.mjs'
import { commitAll } from './commit-all.mjs'
import { loadSource } from './load-source.mjs'
import { runOnce } from './measure.mjs'
const root = mkdtempSync('/tmp/list16-'); generate(join(root, 'packages/shared'), 3000)
writeFileSync(join(root, 'package.json'), '{"nofx":{}}\n'); writeFileSync(join(root, '.gitignore'), '.nofx/\n'); commitAll(root, 'init', '-q')
const { createDatabase } = await loadSource('test/harness/postgres.ts')
const database = await createDatabase({ migrated: false })
const bin = '/work/wt/list16/bin/run.js'
console.log(database.url, root)
runOnce({ args: [bin, 'registry', 'publish'], cwd: root, env: { NOFX_ACTOR: 'bench', NOFX_DATABASE_URL: database.url } })
console.log('filled')
await new Promise((r) => setTimeout(r, 1800_000))
