// `npm run docs:pictures`: takes the pictures of README.md and docs/console.md from the samples, in a Chromium
// (test/console/pictures.test.ts). With a folder, every page in both themes and two widths goes there instead.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
const words = [vitest, 'run', 'test/console/pictures.test.ts', '-t', 'taken', '--silent=passed-only']
const env = { ...process.env, NOFX_PICTURES: process.argv[2] ?? '' }
const { status } = spawnSync(process.execPath, words, { stdio: 'inherit', env })
process.exitCode = status ?? 1
