import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun } from '../harness/project.ts'
import { cloudState } from './support/project-state.ts'

interface Moved {
  version: number
  createdAt: string
}

const failureOf = ({ exit, json }: CliRun) => ({ exit, code: json.error?.code })

/** A registry with a past: two publishes, a draft, a promotion, a rollback and a removal. */
describe('the history of a registry', () => {
  let project: PostgresProject
  const times = new Map<number, string>()
  const run = (...words: string[]) => project.run('registry', ...words, '--json')
  const at = async (time: string) => (await run('history', 'agents', 'ada', '--at', time)).json.data
  beforeAll(async () => {
    project = await PostgresProject.create()
    project.write({ ...agentFiles('ada'), ...agentFiles('bob') }).commit()
    await run('publish', '--reason', 'first')
    project.write(agentFiles('ada', {}, 'Other words.\n')).commit()
    await run('publish', 'agents', '--draft')
    await run('promote', 'agents', 'ada', '--reason', 'a week\nwithout complaints')
    await run('rollback', 'agents', 'ada', '--to', '1', '--reason', 'it loops')
    rmSync(join(project.root, 'packages/shared/agents/ada'), { recursive: true })
    project.commit()
    await run('publish', '--prune', '--yes', '--reason', 'gone')
    const { revisions } = (await run('history', 'agents', 'ada')).json.data
    for (const { version, createdAt } of revisions as Moved[]) times.set(version, createdAt)
    expect([...times.keys()]).toEqual([5, 4, 3, 2, 1])
  })
  afterAll(() => project.remove())

  it.each([
    [1, 1, 3, 'publish', 'first'],
    [2, 1, 3, 'publish', 'first'],
    [3, 3, 4, 'promote', 'a week\nwithout complaints'],
    [4, 4, 5, 'rollback', 'it loops'],
  ])(
    'history shows what was live when version %i appeared, with its actor, reason and end',
    async (moment, version, next, origin, reason) => {
      const { revision, gone } = await at(times.get(moment)!)
      expect(gone).toBeNull()
      expect(revision).toMatchObject({
        version,
        origin,
        reason,
        actor: 'test@example.com',
        commit: { sha: expect.stringMatching(/^[0-9a-f]{40}$/) },
        digest: expect.stringMatching(/^[0-9a-f]{64}$/),
        createdAt: times.get(version),
        until: times.get(next),
      })
    },
  )

  it('history shows that nothing was live before the first publish and after the removal', async () => {
    expect(await at(times.get(5)!)).toMatchObject({
      revision: null,
      gone: { version: 5, state: 'removed', reason: 'gone', until: null },
    })
    expect(await at('2020-01-01')).toMatchObject({
      at: '2020-01-01T00:00:00.000Z',
      revision: null,
      gone: null,
    })
    expect(failureOf(await run('history', 'agents', 'eve', '--at', '2020-01-01'))).toEqual({
      exit: 1,
      code: 'NOT_FOUND',
    })
  })

  it('history lists everything that was live at a time', async () => {
    const all = async (time: string) =>
      (await run('history', 'agents', '--at', time)).json.data.revisions.map(
        ({ id, version }: { id: string; version: number }) => `${id} ${version}`,
      )
    expect(await all('2020-01-01')).toEqual([])
    expect(await all(times.get(2)!)).toEqual(['ada 1', 'bob 1'])
    expect(await all(times.get(3)!)).toEqual(['ada 3', 'bob 1'])
    expect(await all(times.get(5)!)).toEqual(['bob 1'])
  })

  it('history has a form for people', async () => {
    const say = async (...words: string[]) =>
      (await project.run('registry', 'history', 'agents', ...words)).stdout
    const promoted = await say('ada', '--at', times.get(3)!)
    expect(promoted).toMatch(/^agents\/ada at 20\S+Z: version 3$/m)
    expect(promoted).toMatch(/^moved by {2}test@example\.com, promote at 20\S+Z$/m)
    expect(promoted).toMatch(/^reason {4}a week without complaints$/m)
    expect(promoted).toMatch(/^until {5}20\S+Z$/m)
    expect(await say('ada', '--at', times.get(5)!)).toMatch(/was not live at \S+: it was removed$/m)
    expect(await say('bob', '--at', times.get(5)!)).toMatch(/^until {5}now$/m)
    expect(await say('--at', times.get(5)!)).toMatch(/1 definition of agents live at/)
    expect(await say('ada')).toMatch(/^4 .* rollback .* test@example\.com {2}it loops$/m)
  })

  it.each([
    ['yesterday', /"yesterday" is not a date or time/],
    ['2026-02-30', /is not a date or time/],
    ['2026-11-01T25:00Z', /is not a date or time/],
    ['', /is not a date or time/],
    ['2026-11-01T10:00', /has no time zone/],
    ['2999-01-01', /is in the future/],
  ])('history refuses %j as a time', async (time, says) => {
    const refused = await run('history', 'agents', 'ada', '--at', time)
    expect(failureOf(refused)).toEqual({ exit: 2, code: 'USAGE' })
    expect(refused.json.error.message).toMatch(says)
    expect(refused.json.error.hint).not.toBe('')
  })

  it('history of a kind lists its last moves, and --at needs a kind', async () => {
    const { moves } = (await run('history', 'agents', '--limit', '2')).json.data
    expect(moves).toMatchObject([
      { id: 'ada', origin: 'remove' },
      { id: 'ada', origin: 'rollback', content: 1 },
    ])
    expect(failureOf(await run('history', '--at', '2026-01-01'))).toEqual({ exit: 2, code: 'USAGE' })
  })

  it('releases list every change, with origin, actor, reason and counts', async () => {
    const { releases } = (await run('releases', '--limit', '10')).json.data
    expect(releases).toMatchObject([
      { origin: 'remove', reason: 'gone', outcomeCounts: { removed: 1 } },
      { origin: 'rollback', reason: 'it loops', outcomeCounts: { 'rolled-back': 1 } },
      { origin: 'promote', reason: 'a week\nwithout complaints', outcomeCounts: { promoted: 1 } },
      { origin: 'publish', reason: null, outcomeCounts: { updated: 1 } },
      { origin: 'publish', reason: 'first', actor: 'test@example.com', outcomeCounts: { added: 2 } },
    ])
    const { stdout } = await project.run('registry', 'releases', '--limit', '1')
    expect(stdout).toMatch(/ remove .*agents\/ada v4 → removed .*test@example\.com {2}gone$/m)
    expect(stdout.trim().split('\n')).toHaveLength(2)
  })

  it('lost bundles are made again from the commits that have their content', async () => {
    const damaged = ({ json }: CliRun) =>
      json.data.damaged.map(
        (one: { id: string; problem: string; repaired: boolean }) =>
          `${one.id} ${one.problem} ${one.repaired}`,
      )
    const before = await cloudState(project)
    await project.database.query('delete from nofx_storage.bytes')
    await project.database.query('delete from storage.objects')
    const lost = await run('verify')
    expect(failureOf(lost)).toEqual({ exit: 1, code: 'REFUSED' })
    expect(damaged(lost)).toEqual(['ada missing false', 'ada missing false', 'bob missing false'])
    const repaired = await run('verify', '--repair')
    expect(repaired.exit).toBe(0)
    expect(damaged(repaired)).toEqual(['ada missing true', 'ada missing true', 'bob missing true'])
    expect(damaged(await run('verify', '--deep'))).toEqual([])
    expect((await cloudState(project)).objects).toEqual(before.objects)
    expect((await run('undelete', 'agents', 'ada')).exit).toBe(0)
    expect(await checkInvariants(project.database)).toEqual([])
  })
})
