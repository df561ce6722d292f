// `npm run check:deno`: type-checks every edge function as Deno does: with its own compiler, its web types, and the
// packages in the function's import map. They are read from node_modules, so that nothing is downloaded.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const deno = createRequire(import.meta.url).resolve('deno/bin.cjs')
process.chdir(dirname(dirname(fileURLToPath(import.meta.url))))

const folders = readdirSync('supabase/functions')
  .map((name) => join('supabase/functions', name))
  .filter((folder) => existsSync(join(folder, 'index.ts')))

for (const folder of folders) {
  const { status } = spawnSync(
    process.execPath,
    [
      deno,
      'check',
      ...['--no-config', '--no-lock', '--no-remote', '--node-modules-dir=manual'],
      `--import-map=${join(folder, 'deno.json')}`,
      join(folder, 'index.ts'),
    ],
    { stdio: 'inherit' },
  )
  if (status !== 0) process.exitCode = 1
}
if (folders.length === 0) throw new Error('there is no function to check')
