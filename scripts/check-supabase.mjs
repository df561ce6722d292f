// `npm run check:supabase`: applies supabase/migrations to a PostgreSQL with the Supabase CLI, without an account and
// without Docker (test/supabase/push.test.ts). The CLI is large, so it has its own folder and is installed at the
// first check.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const folder = join(root, 'test/supabase/cli')
const cli = join(folder, 'node_modules/.bin/supabase')

const steps = [
  ...(existsSync(cli)
    ? []
    : [{ command: 'npm', args: ['install', '--no-audit', '--no-fund', '--no-package-lock'], cwd: folder }]),
  {
    command: process.execPath,
    args: ['node_modules/vitest/vitest.mjs', 'run', 'test/supabase/push.test.ts', ...process.argv.slice(2)],
    cwd: root,
  },
]
for (const { command, args, cwd } of steps) {
  const env = { ...process.env, NOFX_SUPABASE_CLI: cli }
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', env })
  if (status === 0) continue
  process.exitCode = 1
  break
}
