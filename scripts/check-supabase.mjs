// `npm run check:supabase`: applies supabase/migrations to a PostgreSQL with the Supabase CLI, without an account and
// without Docker (test/supabase/push.test.ts), and runs every command that NOFX proposes with versions 2 and 3, as far as
// an API and a database on this machine can answer it (test/supabase/foreign-commands.test.ts, linked-project.test.ts). The CLIs are large, so each has its own
// folder and is installed at the first check.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folders = ['test/supabase/cli', 'test/supabase/cli-3'].map((folder) => join(root, folder))
const [cli, next] = folders.map((folder) => join(folder, 'node_modules/.bin/supabase'))
const missing = folders.filter((folder) => !existsSync(join(folder, 'node_modules/.bin/supabase')))
const tests = ['push', 'foreign-commands', 'linked-project'].map((name) => `test/supabase/${name}.test.ts`)

const steps = [
  ...missing.map((cwd) => ({
    command: 'npm',
    args: ['install', '--no-audit', '--no-fund', '--no-package-lock'],
    cwd,
  })),
  {
    command: process.execPath,
    args: ['node_modules/vitest/vitest.mjs', 'run', ...tests, ...process.argv.slice(2)],
    cwd: root,
  },
]
for (const { command, args, cwd } of steps) {
  const env = { ...process.env, NOFX_SUPABASE_CLI: cli, NOFX_SUPABASE_CLI_3: next }
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', env })
  if (status === 0) continue
  process.exitCode = 1
  break
}
