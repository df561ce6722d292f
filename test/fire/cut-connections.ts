import { openedDatabase } from '../harness/cloud-database.ts'
import { openCuttingProxy } from '../harness/cutting-proxy.ts'
import { pick, seeded } from '../harness/random.ts'
import { createCrew, faultsOf, recover } from './crew.ts'
import { counter, type Scenario } from './scenario.ts'

const READS = [
  ['registry', 'list'],
  ['registry', 'history', 'agents', 'p0-a'],
  ['registry', 'releases'],
  ['registry', 'show', 'agents', 'p0-a'],
  ['registry', 'status'],
]

/** Connections to PostgreSQL that are cut at a random packet of a random command. */
export const cutConnections: Scenario = {
  name: 'connections',
  what: 'commands whose connections to PostgreSQL are cut',
  short: 8,
  goal: 1000,
  async run({ times, seed }) {
    const { facts, count } = counter()
    const broken: string[] = []
    const random = seeded(seed)
    const db = await openedDatabase()
    const proxy = await openCuttingProxy(db.url)
    const crew = createCrew(1, seed, { NOFX_DATABASE_URL: db.url })
    const { project, change } = crew[0]!
    const behind = { env: { NOFX_DATABASE_URL: proxy.url } }
    const packets = new Map<string, number>()
    try {
      await project.run('registry', 'publish')
      for (let cut = 1; cut <= times; cut++) {
        const publishes = random() < 0.5
        const words = publishes ? ['registry', 'publish'] : pick(random, READS)
        const name = words.join(' ')
        change()
        if (!packets.has(name)) {
          proxy.arm(Number.POSITIVE_INFINITY)
          await project.runWith(behind, ...words, '--json')
          packets.set(name, proxy.packets())
          if (publishes) change()
        }
        proxy.arm(1 + Math.floor(random() * (packets.get(name) ?? 1)))
        const run = await project.runWith(behind, ...words, '--json')
        count(`exit ${run.exit}`)
        broken.push(...faultsOf(run, [0, 3], `cut ${cut}: ${name}`))
        const acknowledged = new Set(publishes && run.exit === 0 ? crew : [])
        if (publishes) broken.push(...(await recover(db, crew, acknowledged, `cut ${cut}: ${name}`)))
      }
      return { tried: times, broken, facts }
    } finally {
      proxy.close()
      project.remove()
      await db.drop()
    }
  },
}
