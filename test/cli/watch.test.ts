import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, TestProject } from '../harness/project.ts'
import { startWatch } from './support/watching.ts'

describe('nofx registry watch', () => {
  let project: PostgresProject
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('good')).commit()
    await project.run('registry', 'publish')
  })
  afterAll(() => project.remove())

  test('watch prints past and new events, once each, and exits 0 on Ctrl-C', async () => {
    const text = startWatch(project, ['--since', '0'])
    const json = startWatch(project, ['--since', '0', '--json'])
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

  test('watch ends without a message when its reader closes the pipe', async () => {
    const { child, shown, ended } = startWatch(project, ['--since', '0'])
    child.stdout?.destroy()
    expect(await ended).toBe(0)
    expect(shown.stderr).toBe('')
  })

  test('watch refuses a cursor of another registry with exit 4, and prints the current one', async () => {
    const text = await project.run('registry', 'watch', '--since', '999')
    expect([text.exit, text.stdout]).toEqual([4, ''])
    expect(text.stderr).toMatch(/CURSOR_GONE .*\n +hint: .*cursor \d/)
    const json = await project.run('registry', 'watch', '--since', '999', '--json')
    expect([json.exit, json.stdout.trim().split('\n').length]).toEqual([4, 1])
    expect(json.json).toMatchObject({ ok: false, error: { code: 'CURSOR_GONE' } })
  })

  test('watch does not lock the registry of a folder without a running nofx dev', async () => {
    const alone = new TestProject()
    onTestFinished(() => alone.remove())
    const { exit, stderr } = await alone.run('registry', 'watch')
    expect([exit, stderr]).toEqual([2, expect.stringMatching(/hint: start nofx dev/)])
  })
})
