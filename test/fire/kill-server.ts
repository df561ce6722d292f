import { setTimeout as sleep } from 'node:timers/promises'
import { emptyDatabaseOn } from '../harness/cloud-database.ts'
import { startKillablePostgres } from '../harness/killable-postgres.ts'
import { seeded } from '../harness/random.ts'
import { createCrew, faultsOf, recover } from './crew.ts'
import { counter, type Scenario } from './scenario.ts'

const CREW = 2

/** `kill -9` of the whole PostgreSQL server under publishers, and its restart. */
export const killServer: Scenario = {
  name: 'server',
  what: 'PostgreSQL servers killed with SIGKILL under publishers',
  short: 2,
  goal: 50,
  async run({ times, seed }) {
    const { facts, count } = counter()
    const broken: string[] = []
    const server = await startKillablePostgres()
    const random = seeded(seed)
    const { url } = await emptyDatabaseOn(server.url)
    const crew = createCrew(CREW, seed, { NOFX_DATABASE_URL: url })
    try {
      for (const { project } of crew) await project.run('registry', 'publish')
      for (let killed = 1; killed <= times; killed++) {
        for (const one of crew) one.change()
        const running = crew.map(({ project }) => project.run('registry', 'publish', '--json'))
        await sleep(300 + random() * 1500)
        await server.kill()
        const runs = await Promise.all(running)
        await server.restart()
        for (const run of runs) {
          count(`exit ${run.exit}`)
          broken.push(...faultsOf(run, [0, 3], `server killed ${killed} times`))
        }
        const acknowledged = new Set(crew.filter((_, at) => runs[at]?.exit === 0))
        const query = (sql: string) => server.query(url, sql)
        broken.push(...(await recover({ query }, crew, acknowledged, `server killed ${killed} times`)))
      }
      return { tried: times, broken, facts }
    } finally {
      for (const { project } of crew) project.remove()
      await server.stop()
    }
  },
}
