// `npm run check:deno`: type-checks every edge function as Deno does: with its own compiler, its web types, and the
// packages in the functions' import maps. They are read from node_modules, so that nothing is downloaded. One program
// checks all of them, since they share most of their code; test/supabase/import-maps.test.ts holds each map to what its
// function loads.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const deno = createRequire(import.meta.url).resolve('deno/bin.cjs')
process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

const folders = readdirSync('supabase/functions')
  .map((name) => join('supabase/functions', name))
  .filter((folder) => existsSync(join(folder, 'index.ts')))
if (folders.length === 0) throw new Error('there is no function to check')

const imports = {}
for (const folder of folders)
  for (const [name, target] of Object.entries(
    JSON.parse(readFileSync(join(folder, 'deno.json'), 'utf8')).imports,
  )) {
    if ((imports[name] ?? target) !== target)
      throw new Error(`the import maps of the functions name ${imports[name]} and ${target}`)
    imports[name] = target
  }

const place = mkdtempSync(join(tmpdir(), 'nofx-deno-'))
try {
  const map = join(place, 'imports.json')
  writeFileSync(map, JSON.stringify({ imports }))
  const { status } = spawnSync(
    process.execPath,
    [
      deno,
      'check',
      ...['--no-config', '--no-lock', '--no-remote', '--node-modules-dir=manual'],
      `--import-map=${map}`,
      ...folders.map((folder) => join(folder, 'index.ts')),
    ],
    { stdio: 'inherit' },
  )
  process.exitCode = status ?? 1
} finally {
  rmSync(place, { recursive: true })
}
