import { randomFillSync } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkInvariants, type Queryable, type StorageCheck } from '../../harness/invariants.ts'
import { agentFiles, type Ended, TestProject } from '../../harness/project.ts'
import { type Random, seeded } from '../../harness/random.ts'

/** A registry for killed processes, which can be read while no process has it open. */
export interface Target {
  env: Record<string, string>
  /** Called before the first publish. */
  prepare?(project: TestProject): Promise<void>
  inspect<T>(project: TestProject, look: (db: Queryable, storage?: StorageCheck) => Promise<T>): Promise<T>
  /** Whether a process that was just started has reached the registry. */
  isOpening(project: TestProject): Promise<boolean>
  drop(): Promise<void>
}

/** How many points are tried; `npm run fire` tries more of the same duration than `npm test`. */
const isFire = process.env.NOFX_FIRE_REPORT !== undefined
const KILLS = isFire ? 100 : 3
const INTERRUPTS = isFire ? 20 : 1
const IDS = ['alpha', 'beta', 'gamma', 'delta', 'omega', 'sigma']
const ASSET = 'assets/weights.bin'
const PUBLISH = ['registry', 'publish']

/** Kills publishes at points spread over their whole duration, and checks what each leaves. */
export function describeKills(name: string, seed: number, create: () => Promise<Target>): void {
  describe(`a publish to ${name}`, { timeout: 180_000 }, () => {
    const random = seeded(seed)
    let target: Target
    let project: TestProject
    /** Milliseconds that a whole publish takes on this machine, in its own process like those that are killed. */
    let duration: number

    beforeAll(async () => {
      target = await create()
      project = new TestProject(target.env, { resident: true })
      await target.prepare?.(project)
      const asset = randomFillSync(Buffer.alloc(300_000))
      for (const id of IDS) project.write(agentFiles(id))
      project.write({ [`packages/shared/agents/${IDS[0]}/${ASSET}`]: asset })
      change()
      duration = await timed(async () => {
        const { exit, stderr } = await project.runWith({ alone: true }, ...PUBLISH)
        expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' })
      })
    })
    afterAll(async () => {
      project?.remove()
      await target?.drop()
    })

    const change = () => edit(project, random)
    const releases = () => target.inspect(project, countReleases)
    /** The registry opens, is whole, has that many releases if it is said, and converges with one more run. */
    const expectRecovery = async (wanted?: number) => {
      const [violations, count] = await target.inspect(project, async (db, storage) => [
        await checkInvariants(db, storage),
        await countReleases(db),
      ])
      expect({ violations, count }).toEqual({ violations: [], count: wanted ?? count })
      const rerun = await project.run(...PUBLISH, '--json')
      expect({ exit: rerun.exit, stderr: rerun.stderr }).toEqual({ exit: 0, stderr: '' })
      const { plan, result } = rerun.json.data
      const live = result.outcomes.filter((row: { outcome: string }) => row.outcome === 'updated')
      expect(plan.unchanged + live.length).toBe(IDS.length)
    }

    it.each(Array.from({ length: KILLS }, (_, point) => point))(
      `a publish leaves a whole registry when it is killed at point %i of ${KILLS}, and the rerun finishes it`,
      async (point) => {
        change()
        const { child, ended } = project.start(...PUBLISH)
        await Promise.race([sleep((duration * (point + random())) / KILLS), ended])
        child.kill('SIGKILL')
        await ended
        await expectRecovery()
      },
    )

    it('a publish exits 130 and changes nothing when Ctrl-C comes while it opens the registry', async () => {
      const before = await releases()
      change()
      const { child, ended } = project.start(...PUBLISH)
      while (!(await target.isOpening(project))) await sleep(10)
      child.kill('SIGINT')
      expect(await ended).toEqual({ exit: 130, signal: null })
      await expectRecovery(before)
    })

    it.each(Array.from({ length: INTERRUPTS }, (_, point) => point))(
      `a publish is complete or undone when Ctrl-C comes at point %i of ${INTERRUPTS}`,
      async (point) => {
        const before = await releases()
        change()
        const { child, ended } = project.start(...PUBLISH)
        await Promise.race([sleep((duration * (point + random())) / INTERRUPTS), ended])
        child.kill('SIGINT')
        await expectRecovery(before + (isDone(await ended) ? 1 : 0))
      },
    )

    it('the registry has the content of the tree in the end', async () => {
      const { exit, json } = await project.run('registry', 'status', '--json')
      expect({ exit, items: json.data?.plan.items, missing: json.data?.plan.missing }).toEqual({
        exit: 0,
        items: [],
        missing: [],
      })
    })

    it('the registry has only whole bundles in the end', async () => {
      const { exit, json } = await project.run('registry', 'verify', '--deep', '--json')
      expect({ exit, damaged: json.data?.damaged }).toEqual({ exit: 0, damaged: [] })
      expect(json.data.checked).toBeGreaterThan(KILLS)
    })
  })
}

/** New content for half of the definitions, always for the one with the large asset. */
function edit(project: TestProject, random: Random): void {
  for (const [index, id] of IDS.entries())
    if (index === 0 || random() < 0.5) {
      const prompt = `You work${index === 0 ? ` with ${ASSET}` : ''}.\nYour number is ${random()}.\n`
      project.write(agentFiles(id, {}, prompt))
    }
  project.commit()
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function countReleases(db: Queryable): Promise<number> {
  const [row] = await db.query('select count(*)::integer as n from public.registry_releases')
  return row?.n as number
}

/** Ctrl-C ends a process that has not begun to listen for it. */
function isDone({ exit, signal }: Ended): boolean {
  if (exit !== 0) expect(signal ?? exit).toBe(signal ? 'SIGINT' : 130)
  return exit === 0
}
