import { setTimeout as sleep } from 'node:timers/promises'
import { emptyDatabaseOn } from '../harness/cloud-database.ts'
import { startKillablePostgres } from '../harness/killable-postgres.ts'
import { seeded } from '../harness/random.ts'
import { createCrew, faultsOf, recover } from './crew.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const CREW = 2
const PUBLISH = ['registry', 'publish', '--json']

/** `kill -9` of the whole PostgreSQL server while publishers use it, and its restart. */
export const killServer: Scenario = {
  name: 'server',
  what: 'PostgreSQL servers killed with SIGKILL under publishers',
  short: 1,
  goal: 50,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const server = await startKillablePostgres()
    const random = seeded(fire.seed)
    const { url } = await emptyDatabaseOn(server.url)
    const db = { query: (sql: string) => server.query(url, sql) }
    const crew = createCrew(CREW, fire.seed, { NOFX_DATABASE_URL: url })
    let killed = 0
    try {
      const first = await crew[0]!.project.run(...PUBLISH)
      broken.push(...faultsOf(first, [0], 'the first publish'))
      const started = performance.now()
      await crew[1]!.project.runWith({ alone: true }, ...PUBLISH)
      const whole = performance.now() - started
      while (goesOn(fire, killed)) {
        for (const one of crew) one.change()
        const running = crew.map(({ project }) => project.runWith({ alone: true }, ...PUBLISH))
        await sleep(whole * random())
        await server.kill()
        killed++
        const runs = await Promise.all(running)
        await server.restart()
        const where = `after ${killed} kills`
        for (const run of runs) {
          count(`exit ${run.exit}`)
          broken.push(...faultsOf(run, [0, 3], where))
        }
        const acknowledged = new Set(crew.filter((_, at) => runs[at]?.exit === 0))
        broken.push(...(await recover(db, crew, acknowledged, where)).broken)
      }
      return { tried: killed, broken, facts }
    } finally {
      for (const { project } of crew) project.remove()
      await server.stop()
    }
  },
}
