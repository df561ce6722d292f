import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agent } from '../harness/project.ts'
import { runResident } from '../harness/resident-cli.ts'

const PROGRAM = new URL('../../bin/run.js', import.meta.url).pathname
const RECORD = '.nofx-export.json'
const COUNT = 300
const ROUNDS = process.env.NOFX_FIRE_REPORT ? 30 : 4

let root: string
let target: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'nofx-kill-export-'))
  target = join(root, 'target')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Agents whose prompts say which round they are of; every round has one fewer, and one skill with a script. */
function writeTree(round: number, count = COUNT): void {
  const packages = join(root, 'packages/shared')
  rmSync(packages, { recursive: true, force: true })
  for (let at = round; at < count; at++) {
    const folder = join(packages, 'agents', `agent-n${at}`)
    mkdirSync(join(folder, 'prompts'), { recursive: true })
    writeFileSync(join(folder, 'agent.json'), JSON.stringify(agent(`agent-n${at}`)))
    writeFileSync(join(folder, 'prompts/system.md'), `${text(round)}\n`)
  }
  const skill = join(packages, 'skills/one-skill')
  mkdirSync(join(skill, 'scripts'), { recursive: true })
  const matter = '---\nname: one-skill\ndescription: Does it.\nmetadata: {nofx-owner: me}\n---\n'
  writeFileSync(join(skill, 'SKILL.md'), `${matter}${text(round)}\nRun [it](scripts/go.sh).\n`)
  writeFileSync(join(skill, 'scripts/go.sh'), `#!/bin/sh\n# ${text(round)}\n`)
}

const text = (round: number) => `Round ${round} begins. ${'Work on it. '.repeat(200)}Round ${round} ends.`

const words = (...flags: string[]) => ['export', 'claude', '--to', target, '--prune', ...flags]

/** Starts an export that may be killed. */
function start() {
  const child = spawn(process.execPath, [PROGRAM, ...words()], { cwd: root, stdio: 'ignore' })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  return { child, ended }
}

/** Runs an export to its end. */
async function run(...flags: string[]): Promise<{ exit: number; text: string }> {
  const { exit, stdout, stderr } = await runResident({ args: words(...flags), cwd: root, env: process.env })
  return { exit, text: stdout + stderr }
}

function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

const isLeftover = (path: string) => path.endsWith('.tmp')
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** Kills an export somewhere between its first write and its end; returns whether it was still running. */
async function killSomewhere(part: number): Promise<boolean> {
  const record = join(target, RECORD)
  const read = () => (existsSync(record) ? readFileSync(record, 'utf8') : '')
  const before = read()
  const { child, ended } = start()
  // The record is written before every other file, so its folder is enough to look at.
  const hasBegun = () => read() !== before || (existsSync(target) && readdirSync(target).some(isLeftover))
  let over = false
  void ended.then(() => {
    over = true
  })
  while (!over && !hasBegun()) await pause(1)
  await pause(part)
  const killed = child.kill('SIGKILL')
  return killed && (await ended) === null
}

test('an export that is killed leaves whole files, and the next one leaves nothing of it', async () => {
  let kills = 0
  for (let round = 0; round < ROUNDS; round++) {
    writeTree(round)
    if (await killSomewhere(Math.random() * 60)) kills++
    // A killed process may leave its temporary file; every other file is that of one round.
    for (const path of filesIn(target).filter((one) => !isLeftover(one))) {
      const content = readFileSync(join(target, path), 'utf8')
      if (path === RECORD) expect(() => JSON.parse(content)).not.toThrow()
      else {
        const of = [...content.matchAll(/Round (\d+) (?:begins|ends)/g)].map(([, number]) => number)
        expect([path, of.length, new Set(of).size]).toEqual([path, 2, 1])
      }
    }
    // Every other kill is followed by another one at once.
    if (round % 2 === 1) {
      expect([0, 1]).toContain((await run('--check')).exit)
      const { exit, text: told } = await run()
      expect([exit, exit === 0 ? '' : told]).toEqual([0, ''])
      expect(filesIn(target).filter(isLeftover)).toEqual([])
      const { files, ...rest } = JSON.parse(readFileSync(join(target, RECORD), 'utf8'))
      expect(rest).toEqual({ formatVersion: 1 })
      expect(Object.keys(files).sort()).toEqual(
        filesIn(target)
          .filter((path) => path !== RECORD)
          .sort(),
      )
      expect(Object.values(files).filter((file) => 'before' in (file as object))).toEqual([])
      const wanted = text(round)
      for (const path of Object.keys(files))
        expect(readFileSync(join(target, path), 'utf8')).toContain(wanted)
      expect((await run('--check')).exit).toBe(0)
    }
  }
  expect(kills).toBeGreaterThan(ROUNDS / 4)
})

test('what is not of an export stays, also if it looks like a leftover', async () => {
  writeTree(0, 10)
  expect((await run()).exit).toBe(0)
  const running = `agents/agent-n1.md.${process.pid}.tmp`
  const own = ['agents/notes.123.tmp', 'agents/agent-n1.md.tmp', 'notes.txt.1.tmp', running]
  for (const path of own) writeFileSync(join(target, path), 'Mine.\n')
  const dead = ['agents/agent-n2.md.4194400.tmp', '.nofx-export.json.4194400.tmp']
  for (const path of dead) writeFileSync(join(target, path), 'half')
  const record = join(target, RECORD)
  const { files, ...rest } = JSON.parse(readFileSync(record, 'utf8'))
  files['agents/agent-n2.md'].before = '0'.repeat(64)
  writeFileSync(record, JSON.stringify({ ...rest, files }))
  expect((await run('--check')).exit).toBe(0)
  expect((await run()).exit).toBe(0)
  expect(filesIn(target).filter(isLeftover).sort()).toEqual([...own].sort())
})
