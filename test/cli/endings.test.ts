import { spawn } from 'node:child_process'
import { existsSync, openSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TestProject } from '../harness/project.ts'

const BIN = resolve('bin/run.js')
const STACK = /^\s+at .+:\d+/m
/** Nothing here takes as long by itself; before, each of these ran for ever. */
const CEILING_MS = 20_000
/** Longer than a process in one computation goes on to listen for signals. */
const STOPPED_MS = 1_500

/** A plugin whose hook does what WAY names, and creates a file when it begins to wait or to compute. */
const PLUGIN = {
  'node_modules/nofx-odd/package.json': {
    name: 'nofx-odd',
    version: '1.0.0',
    oclif: { hooks: { kinds: './kinds.cjs' } },
  },
  'node_modules/nofx-odd/kinds.cjs': `
const { writeFileSync } = require('node:fs')
// (module (func (export "f") (loop br 0)))
const LOOP = Buffer.from('0061736d0100000001040160000003020100070501016600000a0901070003400c000b0b', 'hex')
const never = new Promise(() => {})
const begun = () => writeFileSync(process.env.BEGUN, '')
// By then the command has asked to be told of signals.
const later = (work) => new Promise(() => setTimeout(() => { begun(); work() }, 1_000))
const WAYS = {
  'waits for nothing': () => never,
  'throws beside its promise': () => { setTimeout(() => { throw new Error('thrown aside') }); return never },
  'rejects beside its promise': () => { Promise.reject(new Error('rejected aside')); return never },
  'loses a connection': () => { setTimeout(() => { throw Object.assign(new Error('gone'), { code: 'ECONNRESET' }) }); return never },
  'goes on for ever': () => later(() => setInterval(() => {}, 1_000)),
  'computes for ever': () => later(() => { for (;;); }),
  'computes for ever in WebAssembly': () => later(() => new WebAssembly.Instance(new WebAssembly.Module(LOOP)).exports.f()),
}
module.exports = () => WAYS[process.env.WAY]()
`,
  'package.json': { dependencies: { 'nofx-odd': '*' }, nofx: { plugins: ['nofx-odd'] } },
}

let project: TestProject
let count = 0
beforeAll(() => {
  project = new TestProject().write(PLUGIN)
})
afterAll(() => project.remove())

interface Ended {
  exit: number | null
  signal: NodeJS.Signals | null
  stdout: string
  stderr: string
}

function start(
  words: string[],
  env: NodeJS.ProcessEnv,
  cwd = project.root,
  stdout: 'pipe' | number = 'pipe',
) {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...rest } = process.env
  const child = spawn(process.execPath, [BIN, ...words], {
    cwd,
    env: { ...rest, NO_COLOR: '1', ...env },
    stdio: ['ignore', stdout, 'pipe'],
  })
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    said.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    said.stderr += chunk
  })
  const ended = new Promise<Ended>((done) =>
    child.once('close', (exit, signal) => done({ exit, signal, ...said })),
  )
  return { child, ended }
}

function startOdd(way: string) {
  const begun = join(project.root, `begun-${++count}`)
  return { ...start(['validate', '--json'], { WAY: way, BEGUN: begun }), begun }
}

async function until(path: string): Promise<void> {
  while (!existsSync(path)) await sleep(20)
}

describe('a command with a hanging or broken plugin', () => {
  it.each([
    ['waits for nothing', 70, 'BUG', /a pending operation never completed/],
    ['throws beside its promise', 70, 'BUG', /thrown aside/],
    ['rejects beside its promise', 70, 'BUG', /rejected aside/],
    ['loses a connection', 3, 'REMOTE_FAILED', /connection .* was lost/],
  ])('%s: the command ends with one document that reports it', async (way, exit, code, says) => {
    const ended = await startOdd(way).ended
    const { ok, error } = JSON.parse(ended.stdout)
    expect({ exit: ended.exit, ok, code: error.code }).toEqual({ exit, ok: false, code })
    expect(error.message).toMatch(says)
    expect(ended.stdout + ended.stderr).not.toMatch(STACK)
    expect(ended.stderr).toBe('')
  })
})

describe('a signal', () => {
  /** @param again repeats the signal until the process has ended, as a person does */
  const kill = async (way: string, signal: NodeJS.Signals, again = false) => {
    const { child, ended, begun } = startOdd(way)
    await until(begun)
    const at = Date.now()
    child.kill(signal)
    const every = again ? setInterval(() => child.kill(signal), 250) : undefined
    const result = await ended
    clearInterval(every)
    expect(Date.now() - at).toBeLessThan(CEILING_MS)
    return result
  }

  it.each(['SIGTERM', 'SIGINT'] as const)('%s ends a command that hangs, with exit 130', async (signal) => {
    const { exit, stdout } = await kill('goes on for ever', signal)
    expect({ exit, ...JSON.parse(stdout) }).toMatchObject({ exit: 130, error: { code: 'INTERRUPTED' } })
  })

  it('a signal for a process that was stopped ends it when it continues', async () => {
    const { child, ended, begun } = startOdd('goes on for ever')
    await until(begun)
    child.kill('SIGSTOP')
    await sleep(STOPPED_MS)
    child.kill('SIGINT')
    child.kill('SIGCONT')
    expect(await ended).toMatchObject({ exit: 130, signal: null })
  })

  it.each(['computes for ever', 'computes for ever in WebAssembly'])(
    'a signal ends a process that %s',
    async (way) => {
      expect(await kill(way, 'SIGTERM', true)).toMatchObject({ exit: null, signal: 'SIGTERM' })
    },
  )

  it('a second signal ends the process at once', async () => {
    expect(await kill('goes on for ever', 'SIGINT', true)).toMatchObject({ exit: null, signal: 'SIGINT' })
  })
})

describe.runIf(existsSync('/dev/full'))('a stdout that cannot be written', () => {
  it.each([[['schema', 'agents']], [['validate', '--json']], [['--help']]])(
    '%j ends the command with one line and exit 74',
    async (words) => {
      const { exit, stderr } = await start(words, {}, resolve('.'), openSync('/dev/full', 'w')).ended
      expect({ exit, stderr }).toEqual({
        exit: 74,
        stderr: expect.stringMatching(/could not be written to stdout \(ENOSPC\)/),
      })
      expect(stderr).not.toMatch(STACK)
      expect(stderr.trim().split('\n').length).toBeLessThanOrEqual(2)
    },
  )

  it('a reader that closes the pipe ends the command without a message', async () => {
    const { child, ended } = start(['schema', 'agents'], {}, resolve('.'))
    child.stdout?.destroy()
    expect(await ended).toMatchObject({ exit: 0, stderr: '' })
  })
})
