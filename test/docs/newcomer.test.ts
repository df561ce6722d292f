import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HostedProject, PASSWORD } from '../cli/support/hosted-project.ts'
import { packNofx } from '../package/support/packed-package.ts'
import { JOURNEYS, type Journey, stepsOfJourney } from './journeys.ts'
import { servePackage } from './package-registry.ts'
import { readPages } from './pages.ts'
import { runIn } from './run-steps.ts'
import { type Step, stepsOf } from './steps.ts'

const MINUTES = 60_000
/** Names of newcomers, or `all`. Installing takes a minute, so this is a gate (`npm run newcomer`), not a test. */
const CHOSEN = process.env.NOFX_NEWCOMER ?? ''
const isChosen = (name: string) => CHOSEN === 'all' || CHOSEN.split(',').includes(name)

/** The settings of npm that a machine without an internet connection needs: where its packages are. */
function npmSettings(home: string): NodeJS.ProcessEnv {
  const setting = (name: string) => execFileSync('npm', ['config', 'get', name], { encoding: 'utf8' }).trim()
  const certificates = process.env.NODE_EXTRA_CA_CERTS
  return {
    npm_config_cache: setting('cache'),
    npm_config_registry: setting('registry'),
    npm_config_prefer_offline: 'true',
    npm_config_prefix: join(home, '.npm-global'),
    npm_config_audit: 'false',
    npm_config_fund: 'false',
    ...(certificates ? { NODE_EXTRA_CA_CERTS: certificates } : {}),
  }
}

/** A person's machine: a clean HOME, a PATH, and an empty folder to work in. */
function newMachine(): { home: string; work: string; env: NodeJS.ProcessEnv } {
  const home = mkdtempSync(join(tmpdir(), 'nofx-newcomer-'))
  const work = join(home, 'work')
  mkdirSync(work)
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, '.gitconfig'), '[user]\nname = Ada\nemail = ada@example.com\n')
  writeFileSync(join(home, 'bin/docs-start'), START)
  chmodSync(join(home, 'bin/docs-start'), 0o755)
  const own = [join(home, 'bin'), join(home, '.npm-global/bin')]
  const path = [...own, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter)
  return { home, work, env: { PATH: path, HOME: home, NO_COLOR: '1', ...npmSettings(home) } }
}

/** Runs a command of a page in the background, until it is ready; the test ends it. */
const START = `#!/usr/bin/env bash
# With job control the command has its own process group: npx does not pass signals on.
set -m
npx nofx "$@" > "$HOME/server.log" 2>&1 < /dev/null &
echo $! > "$HOME/server.pid"
for try in $(seq 600); do
  grep -q 'nofx dev http' "$HOME/server.log" && exit 0
  kill -0 $! 2> /dev/null || break
  sleep 0.2
done
cat "$HOME/server.log" >&2
exit 1
`

/** Ends the background command with all processes that it has started. */
async function endServer(home: string): Promise<void> {
  const file = join(home, 'server.pid')
  if (!existsSync(file)) return
  const group = -Number(readFileSync(file, 'utf8'))
  const signal = (name: NodeJS.Signals | 0) => {
    try {
      return process.kill(group, name)
    } catch {
      return false
    }
  }
  signal('SIGTERM')
  for (let tries = 0; signal(0) && tries < 100; tries++) await setTimeout(100)
  signal('SIGKILL')
}

describe('the journey of each newcomer', () => {
  it.each(JOURNEYS)('$name: consists of commands of the pages, and ends in one of them', (journey) => {
    const steps = stepsOfJourney(journey)
    const commands = steps.flatMap((step) => ('command' in step ? [step.command] : []))
    expect(commands.filter((command) => command === journey.success)).not.toEqual([])
    expect(journey.brings.join('\n')).not.toMatch(/\b(?:nofx|npm|npx)\b/)
    for (const { page, sections } of journey.reads)
      for (const section of sections)
        expect(
          stepsOfJourney({ ...journey, reads: [{ page, sections: [section] }] }),
          `${page}: ${section}`,
        ).not.toEqual([])
  })
})

describe.skipIf(!isChosen('clone'))('a newcomer with Node.js, npm and git', () => {
  it(
    'gets the results that README.md promises, in a clone',
    async () => {
      const { home, work, env } = newMachine()
      try {
        execFileSync('git', ['clone', '-q', resolve('.'), join(work, 'nofx')])
        const page = readPages().find(({ path }) => path === 'README.md')!
        expect(await runIn(stepsOf(page, { install: true }), { project: join(work, 'nofx'), env })).toBe(
          undefined,
        )
      } finally {
        rmSync(home, { recursive: true, force: true })
      }
    },
    15 * MINUTES,
  )
})

/** A hosted project on this machine, with a user, and the values that the pages leave open. */
async function newHosted(kind: Journey['hosted']) {
  if (!kind) return undefined
  const project = await HostedProject.create()
  await project.invite('ada@example.com')
  const secret = { SUPABASE_SECRET_KEY: project.keys.secret }
  if (kind === 'published') {
    project.withSamples().write({ '.gitignore': '.nofx/\nnode_modules/\n' }).commit('samples')
    const published = await project.runWith({ env: secret }, 'registry', 'publish')
    expect(published).toMatchObject({ exit: 0 })
  }
  const fill = (text: string) =>
    text
      .replaceAll('https://<ref>.supabase.co', project.url)
      .replaceAll('sb_secret_…', project.keys.secret)
      .replaceAll('sb_publishable_…', project.keys.publishable)
  return { project, fill, env: { NOFX_EMAIL: 'ada@example.com', NOFX_PASSWORD: PASSWORD } }
}

const chosen = JOURNEYS.filter(({ name }) => isChosen(name))
let tarball = ''
beforeAll(() => {
  if (chosen.length > 0) tarball = packNofx()
}, 5 * MINUTES)
afterAll(() => {
  if (tarball) rmSync(dirname(tarball), { recursive: true, force: true })
})

describe.each(chosen)('the newcomer $name', (journey) => {
  it(
    'comes to a first success by the pages alone, with the package from npm',
    async () => {
      const { home, work, env } = newMachine()
      const packages = await servePackage(tarball, String(env.npm_config_registry))
      const hosted = await newHosted(journey.hosted)
      try {
        const bring = (...words: string[]) =>
          execFileSync(words[0]!, words.slice(1), {
            cwd: work,
            env: { ...env, SAMPLES: resolve('packages/shared') },
          })
        if (hosted && journey.hosted === 'published') bring('git', 'clone', '-q', hosted.project.root, '.')
        bring('bash', '-ec', journey.brings.join('\n'))
        const fill = hosted?.fill ?? ((text: string) => text)
        const steps = stepsOfJourney(journey).map(
          (step): Step => ('command' in step ? { ...step, command: fill(step.command) } : step),
        )
        let success: { output: string; seconds: number } | undefined
        const place = { project: work, env: { ...env, ...hosted?.env, npm_config_registry: packages.url } }
        const surprise = await runIn(steps, place, (step, output, endedMs) => {
          if ('command' in step && step.command === journey.success)
            success = { output, seconds: Math.round(endedMs / 1000) }
        })
        expect(surprise).toBe(undefined)
        expect(success?.output).toContain(journey.shows)
        process.stdout.write(
          `${journey.name}: first success after ${success?.seconds} s: ${journey.success}\n`,
        )
      } finally {
        await endServer(home)
        packages.close()
        await hosted?.project.remove()
        rmSync(home, { recursive: true, force: true })
      }
    },
    15 * MINUTES,
  )
})
