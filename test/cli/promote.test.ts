import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun } from '../harness/project.ts'

/** No server listens there: the hook fails, and the promotion has to succeed. */
const HOOK = { NOFX_DEPLOY_HOOK_URL: 'http://127.0.0.1:1/deploy/prj_x/TopSecret' }
const failureOf = ({ exit, json }: CliRun) => ({ exit, code: json.error?.code })

/** A draft's way: the tests are its days, each begins where the last one ended. */
describe('a draft', () => {
  let project: PostgresProject
  const run = (...words: string[]) => project.run('registry', ...words, '--json')
  const promote = (...words: string[]) => run('promote', 'agents', 'ada', ...words)
  const listed = async () =>
    (await run('list', 'agents')).json.data.heads.map(
      (head: { id: string; state: string; version: number }) => `${head.id} ${head.state} ${head.version}`,
    )
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write(agentFiles('ada', { status: 'draft' })).commit()
    expect((await run('publish')).exit).toBe(0)
  })
  afterAll(async () => {
    expect(await checkInvariants(project.database)).toEqual([])
    await project.remove()
  })

  it('a draft is promoted only in the version that was seen, and a dry run changes nothing', async () => {
    expect(failureOf(await promote('--expect', '7'))).toEqual({ exit: 4, code: 'CONFLICT' })
    const dry = await project.runWith(
      { env: HOOK },
      ...['registry', 'promote', 'agents', 'ada', '--dry-run', '--json'],
    )
    expect(dry.json.data).toEqual({
      dryRun: true,
      result: expect.objectContaining({
        outcomes: [expect.objectContaining({ outcome: 'promoted', version: 2 })],
      }),
      moves: [{ kind: 'agents', id: 'ada', outcome: 'promoted', from: null, content: 1 }],
    })
    expect(await listed()).toEqual(['ada draft null'])
  })

  it('a draft goes live, with a warning, although the deploy hook cannot be called', async () => {
    const words = ['registry', 'promote', 'agents', 'ada', '--reason', 'ready']
    const { exit, stdout, stderr } = await project.runWith({ env: HOOK }, ...words)
    expect(exit).toBe(0)
    expect(stdout).toMatch(/> agents\/ada {2}promoted v2/)
    expect(stdout).toMatch(
      /^! the deploy hook was not called: NOFX_DEPLOY_HOOK_URL is not .*; the promotion stands$/m,
    )
    expect(stdout + stderr).not.toMatch(/TopSecret|prj_x|127\.0\.0\.1:1\b/)
    expect(await listed()).toEqual(['ada active 2'])
  })

  it('a promoted draft stays live when its tree, which still says draft, is published again', async () => {
    project.write({ 'README.md': 'Another commit.\n' }).commit()
    const again = await run('publish')
    expect(again.json.data.plan).toMatchObject({ items: [], unchanged: 1 })
    expect(await listed()).toEqual(['ada active 2'])
    expect(failureOf(await promote())).toEqual({ exit: 1, code: 'REFUSED' })
  })

  it('a promoted draft is replaced by a later one only after its promotion', async () => {
    project.write(agentFiles('ada', { status: 'draft' }, 'Other words.\n')).commit()
    expect((await run('publish')).exit).toBe(0)
    expect(await listed()).toEqual(['ada active 2'])
    const { exit, json } = await project.runWith(
      { env: HOOK },
      ...['registry', 'promote', 'agents', 'ada', '--json'],
    )
    expect(exit).toBe(0)
    expect(json.data.deployHook).toEqual({
      rung: false,
      tries: 0,
      reason: 'NOFX_DEPLOY_HOOK_URL is not a public https URL',
    })
    expect(await listed()).toEqual(['ada active 4'])
  })
})
