import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { agent, agentFiles, TestProject } from '../harness/project.ts'

const AGENTS = 'packages/shared/agents'

describe('validate with the files that a hook passes', () => {
  let project: TestProject
  const check = async (...files: string[]) => {
    const { exit, json } = await project.run('validate', ...files, '--json')
    const found = json.diagnostics.map(({ id, rule }: { id: string; rule: string }) => `${id} ${rule}`)
    return { exit, checked: json.data?.counts.definitions, found }
  }
  beforeAll(() => {
    project = new TestProject({}, { resident: true })
      .write(agentFiles('base', { version: '1.0.0' }))
      .write(agentFiles('user', { dependencies: { agents: ['base@^1'] } }))
      .write(agentFiles('other'))
      .write(agentFiles('broken', { owner: 'no owner' }))
      .write({ 'README.md': 'x' })
      .commit()
  })
  afterAll(() => project.remove())

  it('validate shows the findings of the given files, and of no others', async () => {
    expect(await check(`${AGENTS}/other/prompts/system.md`)).toEqual({ exit: 0, checked: 1, found: [] })
    expect(await check(`${AGENTS}/broken/agent.json`, `${AGENTS}/other/agent.json`)).toMatchObject({
      exit: 1,
      found: ['broken NOFX_FIELD_INVALID'],
    })
  })

  it('validate shows that a changed agent no longer fits the definitions that use it', async () => {
    expect(await check(`${AGENTS}/base/agent.json`)).toEqual({ exit: 0, checked: 2, found: [] })
    project.write({ [`${AGENTS}/base/agent.json`]: agent('base', { version: '2.0.0' }) })
    expect(await check(`${AGENTS}/base/agent.json`)).toMatchObject({
      exit: 1,
      found: ['user NOFX_REFERENCE_RANGE'],
    })
    project.git('checkout', '-q', '.')
  })

  it('validate shows that a deleted agent is required', async () => {
    rmSync(join(project.root, AGENTS, 'base'), { recursive: true })
    expect(await check(`${AGENTS}/base/agent.json`)).toMatchObject({
      exit: 1,
      found: ['user NOFX_REFERENCE_MISSING'],
    })
    project.git('checkout', '-q', '.')
  })

  it('validate shows a cycle that a change closes, whatever it goes through', async () => {
    project.write(agentFiles('base', { version: '1.0.0', dependencies: { agents: ['user'] } }))
    expect(await check(`${AGENTS}/base/agent.json`)).toMatchObject({
      exit: 1,
      found: [expect.stringMatching(/ NOFX_REFERENCE_CYCLE$/)],
    })
    project.git('checkout', '-q', '.')
  })

  it('validate names files outside of every definition, without creating a cloud', async () => {
    const { exit, stdout, stderr } = await project.run('validate', 'README.md', `${AGENTS}/none.md`)
    expect({ exit, stdout }).toEqual({ exit: 0, stdout: '0 definitions checked: 0 errors, 0 warnings\n' })
    expect(stderr).toBe('note: not in a definition, so not checked: README.md\n')
    expect(project.git('status', '--porcelain')).toBe('')
  })

  it('validate writes the comment for a pull request, whatever else it prints', async () => {
    const { exit, stdout } = await project.run(
      ...['validate', `${AGENTS}/broken`, '--format', 'github', '--comment', 'comment.md'],
    )
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: expect.stringMatching(/^::error [^\n]+\n$/) })
    const comment = readFileSync(join(project.root, 'comment.md'), 'utf8')
    expect(comment).toMatch(/^<!-- nofx -->\n### Nothing can be published: 1 error/)
    const denied = await project.run('validate', '--comment', 'nowhere/comment.md')
    expect({ exit: denied.exit, stderr: denied.stderr }).toMatchObject({
      exit: 1,
      stderr: expect.stringMatching(/INPUT_UNREADABLE .*nowhere\/comment\.md/),
    })
  })
})
