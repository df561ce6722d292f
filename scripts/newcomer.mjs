// `npm run newcomer`: clones this repository's last commit into an empty folder and follows README.md and
// docs/getting-started.md literally, `npm ci` included, with a clean HOME and an environment that contains only a
// PATH.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const { status } = spawnSync(process.execPath, [vitest, 'run', 'test/docs/newcomer.test.ts'], {
  stdio: 'inherit',
  env: { ...process.env, NOFX_NEWCOMER: '1' },
})
process.exitCode = status ?? 1
