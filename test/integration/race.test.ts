import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { agentFiles, type CliRun, TestProject } from '../harness/project.ts'
import { pick, type Random, seeded } from '../harness/random.ts'
import { everythingStored } from '../sql/support/registry-under-test.ts'

const SEED = 20261123
const IDS = ['alpha', 'beta', 'gamma', 'delta', 'omega']
/** Few texts, so that two publishers often publish the same content. */
const PROMPTS = ['You answer.\n', 'You answer briefly.\n', 'You ask first.\n']
/** `npm run fire` makes more of the same rounds than `npm test`. */
const ROUNDS = process.env.NOFX_FIRE_REPORT ? 100 : 8
/** Of each four rounds, the last is one in which both have planned before either applies. */
const isPlannedBefore = (round: number) => round % 4 === 3

interface Side {
  name: string
  project: TestProject
  args: string[]
}

describe('two publishers with different trees on one PostgreSQL', { timeout: 120_000 }, () => {
  let db: CloudDatabase
  const sides: Side[] = []
  const random = seeded(SEED)
  const answered = new Set<string>()

  beforeAll(async () => {
    db = await openedDatabase()
    for (const name of ['left', 'right']) {
      const project = new TestProject({ NOFX_DATABASE_URL: db.url }, { resident: true })
      for (const id of IDS) project.write(agentFiles(id))
      project.write(agentFiles(`${name}-only`)).commit('start')
      sides.push({ name, project, args: [] })
    }
  })
  afterAll(async () => {
    await db?.drop()
    for (const { project } of sides) project.remove()
  })

  const noteReleases = (runs: readonly CliRun[]) => {
    for (const { json } of runs) if (json?.data?.result?.releaseId) answered.add(json.data.result.releaseId)
  }
  const run = async (side: Side) => {
    const result = await side.project.run(...side.args, '--json')
    noteReleases([result])
    return result
  }
  const expectWhole = async () => {
    expect(await checkInvariants(db)).toEqual([])
    const releases = await db.query('select id from public.registry_releases')
    expect(new Set(releases.map(({ id }) => id))).toEqual(answered)
  }

  it('two publishers open an empty database at the same moment, and both publish their definitions', async () => {
    for (const side of sides) side.args = ['registry', 'publish']
    const runs = await Promise.all(sides.map(run))
    for (const [index, outcome] of runs.entries()) {
      if (outcome.exit !== 0) await expectLoser(db, outcome)
      const again = outcome.exit === 0 ? outcome : await run(sides[index]!)
      expect(again).toMatchObject({ exit: 0 })
    }
    await expectWhole()
  })

  it.each(Array.from({ length: ROUNDS }, (_, index) => index))(
    'two publishers leave a whole registry in round %i',
    async (round) => {
      const planned = isPlannedBefore(round)
      for (const side of sides) edit(side.project, random)
      if (planned) clash(sides, round)
      for (const side of sides) side.args = planned ? await planFile(side) : await choose(db, random)
      const [left, right] = (await Promise.all(sides.map(run))) as [CliRun, CliRun]
      for (const outcome of [left, right]) await expectVerdict(db, outcome)
      if (planned) expect([left.exit, right.exit].sort()).toEqual([0, 4])
      await expectWhole()
      await expectDryRunWritesNothing(db, pick(random, sides).project)
      for (const [index, outcome] of [left, right].entries())
        if (outcome.exit !== 0) await expectRerunSucceeds(db, sides[index]!, run)
      await expectWhole()
    },
  )

  it('two publishers can read each other’s bundles, and every bundle is whole', async () => {
    for (const { project } of sides) {
      const { exit, json } = await project.run('registry', 'verify', '--deep', '--json')
      expect({ exit, damaged: json.data?.damaged }).toEqual({ exit: 0, damaged: [] })
    }
  })
})

/**
 * New prompts for some definitions, one definition added or removed, and one or two commits, so that ranks differ a
 * little.
 */
function edit(project: TestProject, random: Random): void {
  for (const id of IDS) if (random() < 0.5) project.write(agentFiles(id, {}, pick(random, PROMPTS)))
  if (random() < 0.3)
    rmSync(join(project.root, 'packages/shared/agents', pick(random, IDS)), { recursive: true, force: true })
  project.commit()
  if (random() < 0.2) project.commit()
}

async function choose(db: CloudDatabase, random: Random): Promise<string[]> {
  const roll = random()
  if (roll < 0.45) return ['registry', 'publish']
  if (roll < 0.6) return ['registry', 'publish', '--prune', '--yes', '--unhold']
  if (roll < 0.75) return ['registry', 'publish', '--only', pick(random, IDS)]
  const targets = await db.query(
    `select r.id, r.version from public.registry_revisions r join public.registry_heads h on h.kind = r.kind and h.id = r.id
     where r.state = 'active' and r.digest <> h.digest order by r.id, r.version`,
  )
  if (targets.length === 0) return ['registry', 'publish', '--unhold']
  const { id, version } = pick(random, targets)
  return ['registry', 'rollback', 'agents', String(id), '--to', String(version), '--reason', 'race']
}

/** One definition that both change differently, in commits of one rank: one of them has to lose. */
function clash(sides: readonly Side[], round: number): void {
  for (const { name, project } of sides)
    project.write(agentFiles('alpha', {}, `You are of the ${name} in round ${round}.\n`)).commit()
  const rank = Math.max(...sides.map(({ project }) => heightOf(project)))
  for (const { project } of sides) climb(project, rank)
}

const heightOf = (project: TestProject) =>
  Number(project.git('rev-list', '--count', '--first-parent', 'HEAD'))

function climb(project: TestProject, rank: number): void {
  while (heightOf(project) < rank) project.commit('merge')
}

/** Writes the plan of a publisher; both have theirs before either is applied. */
async function planFile({ project }: Side): Promise<string[]> {
  await project.run('registry', 'publish', '--unhold', '--out', 'plan.json')
  return ['registry', 'publish', '--plan', 'plan.json']
}

/** Expects success, or a failure that names the newer commit, or a refusal of content that was rolled back. */
async function expectVerdict(db: CloudDatabase, run: CliRun): Promise<void> {
  if (run.exit === 0) return
  if (run.exit === 4) return expectLoser(db, run)
  expect(run).toMatchObject({ exit: 1, json: { error: { code: 'REFUSED' } } })
  expect(run.json.error.message).toMatch(/was rolled back as version|is already live/)
}

async function expectLoser(db: CloudDatabase, run: CliRun): Promise<void> {
  expect(run).toMatchObject({
    exit: 4,
    json: { error: { code: expect.stringMatching(/^(CONFLICT|STALE)$/) } },
  })
  const heads = await db.query<{ sha: string }>(
    'select distinct commit_sha as sha from public.registry_heads',
  )
  const { message } = run.json.error
  // A publish is named by its commit, another effect by what it is and who made it.
  const names = [...heads.map(({ sha }) => sha.slice(0, 12)), '(rollback by test@example.com)']
  expect(
    names.filter((name) => message.includes(name)),
    message,
  ).not.toEqual([])
}

/** I9: rows, objects and bytes are equal before and after. */
async function expectDryRunWritesNothing(db: CloudDatabase, project: TestProject): Promise<void> {
  const look = async () => [
    await everythingStored(db.query),
    await db.query(`select (select count(*) from public.registry_staged) as staged,
      (select count(*) from storage.objects) as objects, (select count(*) from nofx_storage.bytes) as bodies`),
  ]
  const before = await look()
  const { exit } = await project.run('registry', 'publish', '--dry-run', '--unhold', '--prune', '--yes')
  expect([0, 4]).toContain(exit)
  expect(await look()).toEqual(before)
}

/** Merges the newer commits after a refusal, and runs the same command again. */
async function expectRerunSucceeds(db: CloudDatabase, side: Side, run: (side: Side) => Promise<CliRun>) {
  const [newest] = await db.query<{ rank: number }>(
    'select max(commit_rank) as rank from public.registry_heads',
  )
  climb(side.project, newest!.rank)
  if (side.args.includes('--plan')) side.args = ['registry', 'publish']
  const publishes = side.args[1] === 'publish' && !side.args.includes('--unhold')
  if (publishes) side.args = [...side.args, '--unhold']
  const again = await run(side)
  const undoneAlready = again.json.error?.detail?.rule === 'NOFX_ROLLBACK_TARGET'
  if (!undoneAlready) expect(again).toMatchObject({ exit: 0 })
}
