import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles, type CliRun } from '../harness/project.ts'
import { cloudState } from './support/project-state.ts'

const prompt = (id: string) => `packages/shared/agents/${id}/prompts/system.md`
const failureOf = ({ exit, json }: CliRun) => ({ exit, code: json.error?.code })
const outcomesOf = ({ json }: CliRun) =>
  json.data.result.outcomes.map((row: { id: string; outcome: string }) => `${row.outcome} ${row.id}`).sort()
const actionsOf = ({ json }: CliRun) =>
  json.data.plan.items.map((row: { id: string; action: string }) => `${row.action} ${row.id}`).sort()

/** One team's registry: the tests of a group are its days, each begins where the last one ended. */
async function team(): Promise<PostgresProject> {
  const project = await PostgresProject.create()
  for (const id of ['ada', 'bob', 'cyd', 'dan', 'eve', 'fay']) project.write(agentFiles(id))
  project.write({ '.gitignore': 'plan*.json\n' }).commit()
  return project
}

describe('a dry run', () => {
  let project: PostgresProject
  const publish = (...words: string[]) => project.run('registry', 'publish', ...words, '--json')
  beforeAll(async () => {
    project = await team()
  })
  afterAll(() => project.remove())

  it('a dry run of a first publish leaves no row, no object and no event', async () => {
    const dry = await publish('--dry-run')
    expect({ exit: dry.exit, actions: actionsOf(dry).length }).toEqual({ exit: 0, actions: 6 })
    const { rows, objects } = await cloudState(project)
    const filled = Object.entries(rows).filter(
      ([table, amount]) => amount > 0 && !/polic|counter|schema/.test(table),
    )
    expect({ filled, objects }).toEqual({ filled: [], objects: {} })
  })

  it('a dry run with --exit-code exits 10 when there are changes and 0 when there are none', async () => {
    expect((await publish('--dry-run', '--exit-code')).exit).toBe(10)
    expect((await publish('agents')).exit).toBe(0)
    expect((await publish('--dry-run', '--exit-code')).exit).toBe(0)
  })

  it('a dry run of a change gives the result of the real run and changes nothing', async () => {
    project.write({ [prompt('ada')]: 'You work well.\n' }).commit()
    const before = await cloudState(project)
    const dry = await publish('--dry-run')
    const out = await publish('--out', 'plan.json')
    expect(await cloudState(project)).toEqual(before)
    expect(actionsOf(out)).toEqual(actionsOf(dry))
    expect(outcomesOf(await publish())).toEqual(['updated ada'])
  })

  it('a dry run gives the refusal of the real run', async () => {
    project.write(agentFiles('bob', { version: '1.0.0' })).commit()
    expect((await publish()).exit).toBe(0)
    project.write(agentFiles('bob', { version: '1.0.0' }, 'Other words.\n')).commit()
    const before = await cloudState(project)
    const [dry, real] = [await publish('--dry-run'), await publish()]
    expect([failureOf(dry), failureOf(real)]).toEqual(Array(2).fill({ exit: 1, code: 'FINDINGS' }))
    expect(dry.json.error.message).toContain('NOFX_VERSION_REUSED')
    expect(await cloudState(project)).toEqual(before)
  })
})

describe('a plan', () => {
  let project: PostgresProject
  const publish = (...words: string[]) => project.run('registry', 'publish', ...words, '--json')
  beforeAll(async () => {
    project = await team()
    await publish()
  })
  afterAll(() => project.remove())

  it('a plan file is applied exactly as it was written', async () => {
    project.write({ [prompt('ada')]: 'v2\n' }).commit()
    expect((await publish('--out', 'plan.json')).exit).toBe(0)
    project.write({ [prompt('bob')]: 'not in the plan\n' }).commit()
    const applied = await publish('--plan', 'plan.json')
    expect({ exit: applied.exit, outcomes: outcomesOf(applied) }).toEqual({
      exit: 0,
      outcomes: ['updated ada'],
    })
  })

  it('a plan file that is applied again gives the first answer again, and no second revision', async () => {
    const again = await publish('--plan', 'plan.json')
    expect(again.json.data?.result).toMatchObject({ replayed: true })
    expect(
      (await project.run('registry', 'history', 'agents', 'ada', '--json')).json.data.revisions,
    ).toHaveLength(2)
  })

  it('a plan file can be applied when another publisher has published the same content since', async () => {
    project.write({ [prompt('cyd')]: 'v2\n' }).commit()
    await publish('--only', 'cyd', '--out', 'plan.json')
    expect((await publish('--only', 'cyd', '--reason', 'faster')).exit).toBe(0)
    expect((await publish('--plan', 'plan.json')).exit).toBe(0)
    expect(
      (await project.run('registry', 'history', 'agents', 'cyd', '--json')).json.data.revisions,
    ).toHaveLength(2)
  })

  it('a plan file is refused when a head has other content since', async () => {
    project.write({ [prompt('cyd')]: 'v3\n' }).commit()
    await publish('--only', 'cyd', '--out', 'plan.json')
    project.write({ [prompt('cyd')]: 'v4\n' }).commit()
    expect((await publish('--only', 'cyd')).exit).toBe(0)
    project.write({ [prompt('cyd')]: 'v3\n' }).commit()
    const refused = await publish('--plan', 'plan.json')
    expect(refused.exit).toBe(4)
    expect(['CONFLICT', 'STALE']).toContain(refused.json.error.code)
  })

  it('a plan file of uncommitted changes is refused when the tree has changed since', async () => {
    project.write({ [prompt('dan')]: 'v2\n' })
    await publish('--only', 'dan', '--allow-dirty', '--out', 'plan.json')
    project.write({ [prompt('dan')]: 'v3\n' })
    const before = await cloudState(project)
    expect(failureOf(await publish('--plan', 'plan.json'))).toEqual({ exit: 4, code: 'CONFLICT' })
    expect((await cloudState(project)).rows).toEqual(before.rows)
    project.git('checkout', '-q', '.')
  })

  it('a plan file of a commit is applied from that commit, whatever the tree contains now', async () => {
    project.write({ [prompt('dan')]: 'v2\n' }).commit()
    await publish('--only', 'dan', '--out', 'plan.json')
    project.write({ [prompt('dan')]: 'v3\n' })
    expect(outcomesOf(await publish('--plan', 'plan.json'))).toEqual(['updated dan'])
    project.git('checkout', '-q', '.')
    const { json } = await publish('--only', 'dan', '--dry-run')
    expect(json.data.plan.items.filter(({ action }: { action: string }) => action !== 'unchanged')).toEqual(
      [],
    )
  })

  it('an empty plan file changes nothing', async () => {
    await publish()
    await publish('--out', 'plan.json')
    const { exit, json } = await publish('--plan', 'plan.json')
    expect({ exit, releaseId: json.data.result.releaseId }).toEqual({ exit: 0, releaseId: null })
  })

  it('a plan file for another registry is refused', async () => {
    project.write({ 'plan-other.json': JSON.stringify({ ...plan(), registry: 'https://x.supabase.co' }) })
    expect(failureOf(await publish('--plan', 'plan-other.json'))).toEqual({ exit: 4, code: 'CONFLICT' })
  })

  it.each<[what: string, text: () => string, code: string, exit: number]>([
    ['is not there', () => '', 'USAGE', 2],
    ['is not JSON', () => '{ "nofxPlan": 1,', 'USAGE', 2],
    ['is something else', () => '{"name":"x"}', 'USAGE', 2],
    ['is of another version', () => JSON.stringify({ ...plan(), nofxPlan: 2 }), 'USAGE', 2],
    [
      'has an invalid digest',
      () => JSON.stringify({ ...plan(), items: [{ kind: 'agents', id: 'ada', digest: '../x' }] }),
      'USAGE',
      2,
    ],
  ])('a plan file that %s is refused before anything is opened', async (_what, text, code, exit) => {
    project.write({ 'plan-bad.json': text() })
    expect(failureOf(await publish('--plan', 'plan-bad.json'))).toEqual({ exit, code })
  })

  const plan = () => JSON.parse(readFileSync(join(project.root, 'plan.json'), 'utf8'))
})

describe('a publish', () => {
  let project: PostgresProject
  const publish = (...words: string[]) => project.run('registry', 'publish', ...words, '--json')
  const list = async (...words: string[]) =>
    (await project.run('registry', 'list', ...words, '--json')).json.data.heads.map(
      (head: { id: string }) => head.id,
    )
  beforeAll(async () => {
    project = await team()
    await publish()
  })
  afterAll(() => project.remove())

  it('a publish of one id publishes that one, even while another one is invalid', async () => {
    project.write({
      [prompt('ada')]: 'v2\n',
      [prompt('bob')]: 'v2\n',
      'packages/shared/agents/cyd/agent.json': '{',
    })
    project.commit()
    const { exit, stderr } = await publish('--only', 'nobody')
    expect({ exit, stderr }).toEqual({ exit: 1, stderr: '' })
    expect(failureOf(await publish('--only', 'cyd'))).toEqual({ exit: 1, code: 'FINDINGS' })
    expect(failureOf(await publish())).toEqual({ exit: 1, code: 'FINDINGS' })
    expect(outcomesOf(await publish('--only', 'ada'))).toEqual(['updated ada'])
    project.write(agentFiles('cyd')).commit()
    expect(outcomesOf(await publish('--only', 'bob', '--only', 'ada'))).toEqual(['updated bob'])
  })

  it('a publish leaves what is missing from the tree, and removes it with --prune', async () => {
    project.git('rm', '-qr', 'packages/shared/agents/fay')
    project.commit()
    const kept = await publish()
    expect({ exit: kept.exit, missing: kept.json.data.plan.missing.length }).toEqual({ exit: 0, missing: 1 })
    expect(await list()).toContain('fay')
    expect(outcomesOf(await publish('--prune'))).toEqual(['removed fay'])
    expect(await list()).not.toContain('fay')
    expect(await list('--state', 'removed')).toEqual(['fay'])
  })

  it('undelete brings a removed definition back once: the same command again gets the same answer', async () => {
    const undelete = (...words: string[]) =>
      project.run('registry', 'undelete', 'agents', 'fay', ...words, '--json')
    expect((await undelete('--dry-run')).json.data.dryRun).toBe(true)
    expect(await list()).not.toContain('fay')
    const first = (await undelete()).json.data.result
    expect(await list()).toContain('fay')
    expect((await undelete()).json.data.result).toEqual({ ...first, replayed: true })
    expect(failureOf(await undelete('--reason', 'another'))).toEqual({ exit: 1, code: 'REFUSED' })
  })

  it('a publish that would remove more than a fifth needs --yes; one that removes required definitions needs --force', async () => {
    project.write(agentFiles('ada', { dependencies: { agents: ['bob'] } }, 'v3\n')).commit()
    expect((await publish()).exit).toBe(0)
    project.git('rm', '-qr', 'packages/shared/agents/fay', 'packages/shared/agents/eve', '--ignore-unmatch')
    project.commit()
    const before = await list()
    const refused = await publish('--prune')
    expect(failureOf(refused)).toEqual({ exit: 1, code: 'REFUSED' })
    expect(refused.json.error).toMatchObject({
      message: expect.stringContaining('2 of 6'),
      hint: expect.stringContaining('--yes'),
    })
    expect(await list()).toEqual(before)
    expect(outcomesOf(await publish('--prune', '--yes'))).toEqual(['removed eve', 'removed fay'])
    project.git('rm', '-qr', 'packages/shared/agents/bob')
    const required = await project.commit().run('registry', 'publish', '--prune', '--yes', '--json')
    expect(failureOf(required)).toEqual({ exit: 1, code: 'REFUSED' })
    expect(required.json.error.message).toContain('agents/ada requires it')
    project.git('checkout', '-q', 'HEAD~1', '--', 'packages/shared/agents/bob')
    project.commit()
  })

  it('a publish of an older commit is stale and changes nothing', async () => {
    project.write({ [prompt('dan')]: 'v2\n' }).commit()
    const [older, height] = ['HEAD~1', 'HEAD'].map((name) => project.git('rev-parse', name).trim())
    const rank = Number(project.git('rev-list', '--count', '--first-parent', 'HEAD'))
    expect((await publish()).json.data.result.outcomes).toMatchObject([{ id: 'dan', outcome: 'updated' }])
    const before = await list()
    const stale = await publish('--commit', older!, '--rank', String(rank - 1))
    expect(failureOf(stale)).toEqual({ exit: 4, code: 'STALE' })
    expect(stale.json.error.hint).toContain('registry rollback')
    expect(await list()).toEqual(before)
    expect((await publish('--commit', height!, '--rank', String(rank))).exit).toBe(0)
  })

  it('a publish refuses uncommitted changes, or marks them as dirty', async () => {
    project.write({ [prompt('cyd')]: 'uncommitted\n' })
    const refused = await publish()
    expect(failureOf(refused)).toEqual({ exit: 1, code: 'NO_COMMIT' })
    expect(refused.json.error.message).toContain(prompt('cyd'))
    expect(outcomesOf(await publish('--allow-dirty', '--only', 'cyd'))).toEqual(['updated cyd'])
    const { json } = await project.run('registry', 'history', 'agents', 'cyd', '--json')
    expect(json.data.revisions[0].commit.dirty).toBe(true)
    project.commit()
  })

  it('a publish of content that was rolled back is held until --unhold', async () => {
    const back = ['registry', 'rollback', 'agents', 'cyd', '--to', '1', '--reason', 'worse']
    expect((await project.run(...back)).exit).toBe(0)
    for (const flags of [[], ['--dry-run']]) {
      const { exit, json } = await publish('--only', 'cyd', ...flags)
      expect({ exit, items: json.data.plan.items }).toMatchObject({
        exit: 0,
        items: [{ id: 'cyd', action: 'held' }],
      })
    }
    expect(outcomesOf(await publish('--only', 'cyd', '--unhold', '--reason', 'it was not that'))).toEqual([
      'updated cyd',
    ])
  })

  it('a publish of a draft shows it as a draft that is not live, and of a disabled definition as disabled', async () => {
    project.write(agentFiles('gus', { status: 'draft' })).write(agentFiles('hal', { status: 'disabled' }))
    project.commit()
    expect((await publish('--only', 'gus', '--only', 'hal')).exit).toBe(0)
    expect([await list('--state', 'draft'), await list('--state', 'disabled')]).toEqual([['gus'], ['hal']])
    const { json } = await project.run('registry', 'show', 'agents', 'gus', '--json')
    expect(json.data.head).toMatchObject({ version: null, draftVersion: 1, state: 'draft' })
    expect((await project.run('registry', 'list', '--state', 'draft')).stdout).toMatch(
      /agents\/gus +draft 1 +draft/,
    )
  })

  it('a publish cannot write its plan into a missing folder, and leaves nothing', async () => {
    const { exit, json } = await publish('--out', 'no/such/plan.json')
    expect({ exit, code: json.error.code }).toEqual({ exit: 1, code: 'INPUT_UNREADABLE' })
    expect(existsSync(join(project.root, 'no'))).toBe(false)
  })
})
