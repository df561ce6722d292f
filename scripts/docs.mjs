// `npm run docs`: rewrites the parts of README.md and docs/ that are made from the sources (test/docs/made/), and the
// types of the API for the console. The tests report when that is needed.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const { status } = spawnSync(
  process.execPath,
  [vitest, 'run', 'test/docs/made.test.ts', 'test/docs/api-types.test.ts', '--silent=passed-only'],
  {
    stdio: 'inherit',
    env: { ...process.env, UPDATE_DOCS: '1' },
  },
)
process.exitCode = status ?? 1
