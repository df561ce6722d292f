import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'

/** A running `nofx registry watch` and what it has printed. */
function watch(project: TestProject, args: string[] = [], env: Record<string, string> = {}) {
  const { NODE_EXTRA_CA_CERTS: _certificates, ...rest } = process.env
  const words = [resolve('bin/run.js'), 'registry', 'watch', ...args]
  const options = { cwd: project.root, env: { ...rest, NO_COLOR: '1', ...project.env, ...env } }
  const child: ChildProcess = spawn(process.execPath, words, options)
  onTestFinished(() => void child.kill('SIGKILL'))
  const shown = { stdout: '', stderr: '' }
  child.stdout?.on('data', (data) => {
    shown.stdout += data
  })
  child.stderr?.on('data', (data) => {
    shown.stderr += data
  })
  const ended = new Promise((done) => child.once('close', (exit, signal) => done(exit ?? signal)))
  const lines = () => shown.stdout.split('\n').filter(Boolean)
  return { child, shown, lines, ended }
}

describe('nofx registry watch', () => {
  let project: PostgresProject
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('good')).commit()
    await project.run('registry', 'publish')
  })
  afterAll(() => project.remove())

  test('prints what was and what comes, once each, and ends well with Ctrl-C', async () => {
    const text = watch(project, ['--since', '0'])
    const json = watch(project, ['--since', '0', '--json'])
    await expect.poll(() => [text.lines().length, json.lines().length], { timeout: 60_000 }).toEqual([1, 1])
    project.write(agentFiles('good', {}, 'You work well.\n')).commit()
    await project.run('registry', 'publish')
    await expect.poll(() => [text.lines().length, json.lines().length], { timeout: 60_000 }).toEqual([2, 2])
    for (const { child } of [text, json]) child.kill('SIGINT')
    expect([await text.ended, await json.ended]).toEqual([0, 0])
    expect(text.lines()[1]).toMatch(/^2 {2}\d{4}-\S+Z {2}agent\.updated {2}agents\/good v2 {2}[0-9a-f]{12}$/)
    const events = json.lines().map((line) => JSON.parse(line))
    expect(events.map(({ seq, type, id, version }) => [seq, type, id, version])).toEqual([
      [1, 'agent.added', 'good', 1],
      [2, 'agent.updated', 'good', 2],
    ])
    expect([text.shown.stderr, json.shown.stderr]).toEqual(['', ''])
  })

  test('ends quietly when nobody reads any more', async () => {
    const { child, shown, ended } = watch(project, ['--since', '0'])
    child.stdout?.destroy()
    expect(await ended).toBe(0)
    expect(shown.stderr).toBe('')
  })

  test('refuses a cursor that is not from this registry with exit 4, and reports where to continue', async () => {
    const text = await project.run('registry', 'watch', '--since', '999')
    expect([text.exit, text.stdout]).toEqual([4, ''])
    expect(text.stderr).toMatch(/CURSOR_GONE .*\n +hint: .*cursor \d/)
    const json = await project.run('registry', 'watch', '--since', '999', '--json')
    expect([json.exit, json.stdout.trim().split('\n').length]).toEqual([4, 1])
    expect(json.json).toMatchObject({ ok: false, error: { code: 'CURSOR_GONE' } })
  })

  test('does not lock the registry of a folder that nothing serves', async () => {
    const alone = new TestProject()
    onTestFinished(() => alone.remove())
    const { exit, stderr } = await alone.run('registry', 'watch')
    expect([exit, stderr]).toEqual([2, expect.stringMatching(/hint: start nofx dev/)])
  })
})
