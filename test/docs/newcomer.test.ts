import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readPages } from './pages.ts'
import { runIn } from './run-steps.ts'
import { stepsOf } from './steps.ts'

const MINUTES = 60_000

/** The settings of npm that a machine without an internet connection needs: where its packages are. */
function npmSettings(): NodeJS.ProcessEnv {
  const setting = (name: string) => execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim()
  const certificates = process.env.NODE_EXTRA_CA_CERTS
  return {
    npm_config_cache: setting('cache'),
    npm_config_registry: setting('registry'),
    npm_config_prefer_offline: 'true',
    ...(certificates ? { NODE_EXTRA_CA_CERTS: certificates } : {}),
  }
}

/** npm ci takes a minute, so this runs as a gate (`npm run newcomer`) and not in every test run. */
describe.skipIf(!process.env.NOFX_NEWCOMER)('a newcomer with Node.js, npm and git', () => {
  it(
    'gets the results that README.md and docs/getting-started.md promise',
    async () => {
      const home = mkdtempSync(join(tmpdir(), 'nofx-newcomer-'))
      try {
        const work = join(home, 'work')
        mkdirSync(work)
        writeFileSync(join(home, '.gitconfig'), '[user]\nname = Ada\nemail = ada@example.com\n')
        execFileSync('git', ['clone', '-q', resolve('.'), join(work, 'nofx')])
        const path = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter)
        const env = { PATH: path, HOME: home, NO_COLOR: '1', ...npmSettings() }
        for (const [name, project] of [
          ['README.md', join(work, 'nofx')],
          ['docs/getting-started.md', work],
        ] as const) {
          const page = readPages().find((one) => one.path === name)!
          expect(await runIn(stepsOf(page, { install: true }), { project, env }), name).toBe(undefined)
        }
      } finally {
        rmSync(home, { recursive: true, force: true })
      }
    },
    15 * MINUTES,
  )
})
