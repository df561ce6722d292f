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
  const live = async (): Promise<string[]> =>
    (await run('list', '--json')).json.data.heads.map(
      ({ id, version }: { id: string; version: number }) => `${id} v${version}`,
    )
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('one'))
    for (const text of ['good\n', 'bad\n', 'worse\n']) expect((await publish(text)).exit).toBe(0)
    const reason = ['--reason', 'v2 and v3 are bad']
    expect((await run('rollback', 'agents', 'one', '--to', '1', ...reason)).exit).toBe(0)
  })
  afterAll(() => project.remove())

  it.each([
    ['bad\n', 2],
    ['worse\n', 3],
  ])(
    'a publish of held content alone exits 0, with its version, the reason and a hint, whichever it is: %j',
    async (text, version) => {
      for (const flags of [[], ['--dry-run']]) {
        const { exit, stdout, stderr } = await publish(text, ...flags)
        expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
        expect(stdout).toContain(`! agents/one`)
        expect(stdout).toContain(
          `held: this content was rolled back as version ${version} by test@example.com: v2 and v3`,
        )
      }
      const told = await run('publish')
      expect(told.stdout).toContain('): 1 definition has content that is held.')
      expect(told.stdout).toContain('hint: publish corrected content, or this one on purpose with --unhold')
      expect(await live()).toEqual(['one v4'])
    },
  )

  describe('the exit status of a command when content is held', () => {
    /** The commands, each with its status when only held content differs, and when another definition changed, too. */
    const TABLE: [words: string[], alone: number, beside: number][] = [
      [['registry', 'publish', '--dry-run'], 0, 0],
      [['registry', 'publish', '--dry-run', '--exit-code'], 0, 10],
      [['registry', 'publish', '--out', '.git/plan.json'], 0, 0],
      [['registry', 'publish', '--plan', '.git/plan.json'], 0, 0],
      [['registry', 'publish'], 0, 0],
      [['registry', 'status'], 0, 0],
      [['registry', 'diff'], 0, 0],
      [['preview', 'up', 'pr-1'], 0, 0],
    ]

    it.each([0, 1] as const)(
      'is that of the table, and --json has the item (another change: %i)',
      async (beside) => {
        project.write({ [PROMPT]: 'bad\n' })
        if (beside) project.write(agentFiles('two'))
        project.commit()
        for (const [words, ...statuses] of TABLE) {
          const { exit, json } = await project.run(...words, '--json')
          const items = json.data.plan.items.filter(({ action }: { action: string }) => action === 'held')
          expect([words, exit, items.length, items[0]?.id]).toEqual([words, statuses[beside], 1, 'one'])
        }
        expect(await live()).toEqual(beside ? ['one v4', 'two v1'] : ['one v4'])
      },
    )
  })

  it('held content stays held when a fix goes live, and is listed as held', async () => {
    expect((await run('list', '--held', '--json')).json.data.heads).toMatchObject([{ id: 'one' }])
    expect((await publish('fixed\n')).exit).toBe(0)
    expect((await publish('bad\n')).exit).toBe(0)
    const history = await run('history', 'agents', 'one')
    expect(history.stdout).toMatch(/^2 +replaced, held +publish/m)
    expect(history.stdout).toMatch(/^held v3 since .*: this content was rolled back as version 3 by .*bad$/m)
    expect((await run('list')).stdout).toMatch(/agents\/one +v5 +active, held/)
    expect((await run('list', '--held', '--json')).json.data.heads).toEqual([])
    expect((await run('show', 'agents', 'one', '--version', '3')).stdout).toContain('state active, held')
    expect((await run('show', 'agents', 'one')).stdout).not.toContain('state active, held')
  })

  it('held content goes live with --unhold, which ends this hold alone', async () => {
    expect((await publish('bad\n', '--unhold')).exit).toBe(0)
    const { json } = await run('show', 'agents', 'one', '--json')
    expect(json.data.head.hold).toMatchObject([{ version: 3, reason: 'v2 and v3 are bad' }])
  })
})
