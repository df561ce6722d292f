import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { agent, TestProject } from '../harness/project.ts'

const BIN = resolve('bin/run.js')
const COUNTER = resolve('test/cli/support/count-waiting.cjs')
/** One write of 65,536 characters of one byte, and some of more. */
const MOST_BYTES = 80_000
/** As many as an agent may have. */
const SKILLS = 100

let project: TestProject
let runs = 0

/** Findings of some megabytes, which no pipe holds. */
beforeAll(() => {
  project = new TestProject().write({ 'package.json': { nofx: {} } })
  const skills = Array.from({ length: SKILLS }, (_none, nth) => ({ id: `Not an id ${nth}`, name: 'Work' }))
  for (let nth = 0; nth < 40; nth++)
    project.write({
      [`packages/shared/agents/agent-${nth}/agent.json`]: agent(`agent-${nth}`, { skills }),
      [`packages/shared/agents/agent-${nth}/prompts/system.md`]: 'Work.\n',
    })
})
afterAll(() => project.remove())

/** Starts a command whose output is read later. */
function start(words: string[], stdout: 'pipe' | number) {
  const counted = join(project.root, `.git/most-${runs++}`)
  const { NODE_EXTRA_CA_CERTS: _certificates, ...rest } = process.env
  const child = spawn(process.execPath, ['--require', COUNTER, BIN, ...words], {
    cwd: project.root,
    env: { ...rest, NO_COLOR: '1', MOST_WAITING: counted },
    stdio: ['ignore', stdout, 'pipe'],
  })
  const ended = once(child, 'exit').then(([exit, signal]) => ({ exit, signal }))
  const waits = () => vi.waitFor(() => expect(existsSync(counted)).toBe(true), { timeout: 60_000 })
  return { child, ended, waits, most: () => Number(readFileSync(counted, 'utf8')) }
}

const readAll = ({ stdout }: ChildProcess) => buffer(stdout as NodeJS.ReadableStream)

async function intoFile(words: string[]) {
  const path = join(project.root, `.git/output-${runs}`)
  const file = openSync(path, 'w')
  const { child, ended } = start(words, file)
  closeSync(file)
  const [{ exit }, stderr] = await Promise.all([ended, buffer(child.stderr as NodeJS.ReadableStream)])
  return { exit, stdout: readFileSync(path), stderr: stderr.toString() }
}

test.each(['validate --json', 'validate', 'validate --format sarif'])(
  'a slow reader of nofx %s gets all bytes, few of which wait in memory',
  async (command) => {
    const words = command.split(' ')
    const file = await intoFile(words)
    expect(file.stdout.length).toBeGreaterThan(700_000)
    const { child, ended, waits, most } = start(words, 'pipe')
    await waits()
    const [stdout, { exit }] = await Promise.all([readAll(child), ended])
    expect(most()).toBeLessThan(MOST_BYTES)
    expect(stdout.equals(file.stdout)).toBe(true)
    expect(exit).toBe(file.exit)
  },
)

test('a reader that leaves ends the command with its own exit status, and quietly', async () => {
  const { child, ended } = start(['validate', '--json'], 'pipe')
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  child.stdout?.destroy()
  const stderr = buffer(child.stderr as NodeJS.ReadableStream)
  expect(await ended).toEqual({ exit: 1, signal: null })
  expect(String(await stderr)).toBe('')
})

test('Ctrl-C ends a command that waits for its reader', async () => {
  const { child, ended, waits } = start(['validate', '--json'], 'pipe')
  await waits()
  child.kill('SIGINT')
  expect(await ended).toEqual({ exit: null, signal: 'SIGINT' })
})
