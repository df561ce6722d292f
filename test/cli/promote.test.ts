import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun } from '../harness/project.ts'

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

  it('is promoted only as it was seen, and a dry run changes nothing', async () => {
    expect(failureOf(await promote('--expect', '7'))).toEqual({ exit: 4, code: 'CONFLICT' })
    expect((await promote('--dry-run')).json.data.result).toMatchObject({
      dryRun: true,
      outcomes: [{ outcome: 'promoted', version: 2 }],
    })
    expect(await listed()).toEqual(['ada draft null'])
  })

  it('goes live, and says so', async () => {
    const { exit, stdout } = await project.run('registry', 'promote', 'agents', 'ada', '--reason', 'ready')
    expect(exit).toBe(0)
    expect(stdout).toMatch(/> agents\/ada {2}promoted v2/)
    expect(await listed()).toEqual(['ada active 2'])
  })

  it('stays live when its tree, which still calls it a draft, is published again', async () => {
    project.write({ 'README.md': 'Another commit.\n' }).commit()
    const again = await run('publish')
    expect(again.json.data.plan).toMatchObject({ items: [], unchanged: 1 })
    expect(await listed()).toEqual(['ada active 2'])
    expect(failureOf(await promote())).toEqual({ exit: 1, code: 'REFUSED' })
  })

  it('is replaced by a later one only when that is promoted, too', async () => {
    project.write(agentFiles('ada', { status: 'draft' }, 'Other words.\n')).commit()
    expect((await run('publish')).exit).toBe(0)
    expect(await listed()).toEqual(['ada active 2'])
    expect((await promote()).exit).toBe(0)
    expect(await listed()).toEqual(['ada active 4'])
  })
})
