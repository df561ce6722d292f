// `npm run newcomer [name…]`: plays new users with a clean HOME and an environment that contains only a PATH, by the
// commands of the pages alone. `clone` follows README.md in a clone of the last commit, `npm ci` included. The others
// are described in scripts/newcomer/: each starts in an empty folder, installs the packed package from a registry on
// this machine, and prints the time to its first success. Without a name, all of them run.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const names = ['clone', ...readdirSync(join(here, 'newcomer')).map((file) => file.replace(/\.mjs$/, ''))]
const chosen = process.argv.slice(2)
const unknown = chosen.find((name) => !names.includes(name))
if (unknown) {
  process.stderr.write(`error: "${unknown}" is not a newcomer\n  hint: use one of: ${names.join(', ')}\n`)
  process.exit(2)
}

const vitest = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs')
for (const words of [[join(here, 'build.mjs')], [vitest, 'run', 'test/docs/newcomer.test.ts']]) {
  const { status } = spawnSync(process.execPath, words, {
    cwd: dirname(here),
    stdio: 'inherit',
    env: { ...process.env, NOFX_NEWCOMER: chosen.join(',') || 'all' },
  })
  process.exitCode = status ?? 1
  if (status !== 0) break
}
