import { setTimeout as sleep } from 'node:timers/promises'
import { openedDatabase } from '../harness/cloud-database.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { createCrew, type Publisher, recover } from './crew.ts'
import { counter, type Scenario } from './scenario.ts'

const CREW = 3
const PUBLISH = ['registry', 'publish']

/** `kill -9` of publishers at random moments, three at once on one PostgreSQL. */
export const killPublishers: Scenario = {
  name: 'publishers',
  what: 'publishers killed with SIGKILL',
  short: 6,
  goal: 1000,
  async run({ times, seed }) {
    const { facts, count } = counter()
    const broken: string[] = []
    const db = await openedDatabase()
    const crew = createCrew(CREW, seed, { NOFX_DATABASE_URL: db.url })
    try {
      for (const { project } of crew) await project.run(...PUBLISH)
      const took = await durationOf(crew)
      for (let killed = 0; killed < times; ) {
        for (const one of crew) one.change()
        const ended = await Promise.all(crew.map((one) => killOne(one, took)))
        const acknowledged = new Set(crew.filter((_, at) => ended[at] === 'done'))
        killed += ended.filter((how) => how === 'killed').length
        for (const how of ended) count(how === 'killed' || how === 'done' ? how : 'other exits')
        for (const how of ended)
          if (how !== 'killed' && how !== 'done')
            broken.push(`after ${killed} kills: ended by itself with ${how}`)
        broken.push(...(await recover(db, crew, acknowledged, `after ${killed} kills`)))
      }
      broken.push(...(await checkInvariants(db)))
      return { tried: facts.killed ?? 0, broken, facts }
    } finally {
      for (const { project } of crew) project.remove()
      await db.drop()
    }
  },
}

async function durationOf(crew: readonly Publisher[]): Promise<number> {
  const started = performance.now()
  await Promise.all(
    crew.map((one) => {
      one.change()
      return one.project.start(...PUBLISH).ended
    }),
  )
  return performance.now() - started
}

async function killOne({ project, random }: Publisher, took: number): Promise<string> {
  const { child, ended } = project.start(...PUBLISH)
  await Promise.race([sleep(took * random()), ended])
  child.kill('SIGKILL')
  const { exit, signal } = await ended
  if (signal === 'SIGKILL') return 'killed'
  return exit === 0 ? 'done' : `${exit ?? signal}`
}
