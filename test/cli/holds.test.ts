import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'

const PROMPT = 'packages/shared/agents/one/prompts/system.md'

/** Each test begins where the last one ended. */
describe('content that a rollback replaced', () => {
  let project: PostgresProject
  const run = (...words: string[]) => project.run('registry', ...words)
  const publish = async (text: string, ...flags: string[]) => {
    project.write({ [PROMPT]: text }).commit()
    return run('publish', ...flags)
  }
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('one'))
    for (const text of ['good\n', 'bad\n', 'worse\n']) expect((await publish(text)).exit).toBe(0)
    const reason = ['--reason', 'v2 and v3 are bad']
    expect((await run('rollback', 'agents', 'one', '--to', '1', ...reason)).exit).toBe(0)
  })
  afterAll(() => project.remove())

  it('held content is refused with its version, the reason and a hint, whichever form of it is published', async () => {
    for (const [text, version] of [
      ['bad\n', 2],
      ['worse\n', 3],
    ] as const)
      for (const flags of [[], ['--dry-run']]) {
        const refused = await publish(text, ...flags)
        expect(refused.exit).toBe(1)
        expect(refused.stderr).toContain(`agents/one: this content was rolled back as version ${version} by `)
        expect(refused.stderr).toContain(': v2 and v3 are bad')
        expect(refused.stderr).toContain('publish corrected content, or this one on purpose with --unhold')
      }
  })

  it('held content stays held when a fix goes live, and is listed as held', async () => {
    expect((await publish('fixed\n')).exit).toBe(0)
    expect((await publish('bad\n')).exit).toBe(1)
    const history = await run('history', 'agents', 'one')
    expect(history.stdout).toMatch(/^2 +replaced, held +publish/m)
    expect(history.stdout).toMatch(/^held v3 since .*: this content was rolled back as version 3 by .*bad$/m)
    expect((await run('list')).stdout).toMatch(/agents\/one +v5 +active, held/)
    expect((await run('show', 'agents', 'one', '--version', '3')).stdout).toContain('state active, held')
    expect((await run('show', 'agents', 'one')).stdout).not.toContain('state active, held')
  })

  it('held content goes live with --unhold, which ends this hold alone', async () => {
    expect((await publish('bad\n', '--unhold')).exit).toBe(0)
    const { json } = await run('show', 'agents', 'one', '--json')
    expect(json.data.head.hold).toMatchObject([{ version: 3, reason: 'v2 and v3 are bad' }])
  })
})
