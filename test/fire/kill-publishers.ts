import { setTimeout as sleep } from 'node:timers/promises'
import { openedDatabase } from '../harness/cloud-database.ts'
import { createCrew, type Publisher, recover } from './crew.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const LARGEST_CREW = 3
const PUBLISH = ['registry', 'publish']

/** How a publisher that was to be killed ended, and how long it ran. */
interface Ending {
  how: string
  tookMs: number
}

/** `kill -9` of publishers at random moments, three concurrent ones on one PostgreSQL. */
export const killPublishers: Scenario = {
  name: 'publishers',
  what: 'publishers killed with SIGKILL',
  short: 1,
  goal: 1000,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const db = await openedDatabase()
    const crew = createCrew(Math.min(LARGEST_CREW, 1 + fire.times), fire.seed, { NOFX_DATABASE_URL: db.url })
    let killed = 0
    try {
      await Promise.all(crew.map(({ project }) => project.run(...PUBLISH)))
      let whole = await durationOf(crew)
      while (goesOn(fire, killed)) {
        for (const one of crew) one.change()
        const endings = await Promise.all(crew.map((one) => killOne(one, whole)))
        const done = new Set(crew.filter((_, at) => endings[at]?.how === 'done'))
        killed += endings.filter(({ how }) => how === 'killed').length
        const where = `after ${killed} kills`
        for (const { how } of endings)
          if (!['killed', 'done'].includes(how)) broken.push(`${where}: ended by itself with ${how}`)
        const found = await recover(db, crew, done, where)
        broken.push(...found.broken)
        for (const one of crew)
          if (done.has(one)) count('ended before its kill')
          else count(found.published.has(one) ? 'killed after the commit' : 'killed before the commit')
        whole = adjusted(whole, endings)
      }
      return { tried: killed, broken, facts }
    } finally {
      for (const { project } of crew) project.remove()
      await db.drop()
    }
  },
}

async function durationOf(crew: readonly Publisher[]): Promise<number> {
  for (const one of crew) one.change()
  const started = performance.now()
  await Promise.all(crew.map(({ project }) => project.start(...PUBLISH).ended))
  return performance.now() - started
}

/** Adapts to the machine's speed, so that kills stay spread over the whole duration of a publish. */
function adjusted(whole: number, endings: readonly Ending[]): number {
  return endings.reduce((now, { how, tookMs }) => (how === 'done' ? (now + tookMs) / 2 : now * 1.02), whole)
}

async function killOne({ project, random }: Publisher, whole: number): Promise<Ending> {
  const started = performance.now()
  const { child, ended } = project.start(...PUBLISH)
  await Promise.race([sleep(whole * random()), ended])
  child.kill('SIGKILL')
  const { exit, signal } = await ended
  const how = signal === 'SIGKILL' ? 'killed' : exit === 0 ? 'done' : `${exit ?? signal}`
  return { how, tookMs: performance.now() - started }
}
