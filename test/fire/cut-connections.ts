import { openedDatabase } from '../harness/cloud-database.ts'
import { type CuttingProxy, openCuttingProxy } from '../harness/cutting-proxy.ts'
import { pick, type Random, seeded } from '../harness/random.ts'
import { createCrew, faultsOf, type Publisher, recover } from './crew.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

/** A command that lost its connection mostly waits, so many fit on one machine. */
const LARGEST_CREW = 8
const PUBLISH = ['registry', 'publish']
const READS = [
  ['registry', 'list'],
  ['registry', 'history', 'agents', 'p0-a'],
  ['registry', 'releases'],
  ['registry', 'show', 'agents', 'p0-a'],
  ['registry', 'status'],
]

/** Publishers that reach PostgreSQL through their own proxies, whose connections are cut. */
export const cutConnections: Scenario = {
  name: 'connections',
  what: 'commands whose connections to PostgreSQL are cut at a packet',
  short: 2,
  goal: 1000,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const random = seeded(fire.seed)
    const db = await openedDatabase()
    const crew = createCrew(Math.min(LARGEST_CREW, fire.times), fire.seed, { NOFX_DATABASE_URL: db.url })
    const proxies = await Promise.all(crew.map(() => openCuttingProxy(db.url)))
    let cut = 0
    try {
      await Promise.all(crew.map(({ project }) => project.run(...PUBLISH)))
      const packets = await packetsOf(crew[0]!, proxies[0]!)
      while (goesOn(fire, cut)) {
        const rounds = await Promise.all(
          crew.map((one, at) =>
            cutOne(one, proxies[at]!, random, (words) => packets.get(words.join(' ')) ?? 1),
          ),
        )
        cut += rounds.length
        for (const { name, run } of rounds) {
          count(`${name.split(' ')[1]}: exit ${run.exit}`)
          broken.push(...faultsOf(run, [0, 3], `cut ${cut}: ${name}`))
        }
        const acknowledged = crew.filter((_, at) => rounds[at]?.publishes && rounds[at]?.run.exit === 0)
        const publishers = crew.filter((_, at) => rounds[at]?.publishes)
        broken.push(...(await recover(db, publishers, new Set(acknowledged), `cut ${cut}`)).broken)
      }
      return { tried: cut, broken, facts }
    } finally {
      for (const proxy of proxies) proxy.close()
      for (const { project } of crew) project.remove()
      await db.drop()
    }
  },
}

/** The number of packets of each command if nothing is cut. */
async function packetsOf({ project, change }: Publisher, proxy: CuttingProxy) {
  const packets = new Map<string, number>()
  change()
  for (const words of [PUBLISH, ...READS]) {
    proxy.arm(Number.POSITIVE_INFINITY)
    await project.runWith({ env: { NOFX_DATABASE_URL: proxy.url } }, ...words)
    packets.set(words.join(' '), proxy.packets())
  }
  return packets
}

async function cutOne(
  { project, change }: Publisher,
  proxy: CuttingProxy,
  random: Random,
  packetsIn: (words: readonly string[]) => number,
) {
  const publishes = random() < 0.5
  const words = publishes ? PUBLISH : pick(random, READS)
  if (publishes) change()
  proxy.arm(1 + Math.floor(random() * packetsIn(words)))
  const options = { env: { NOFX_DATABASE_URL: proxy.url }, alone: true }
  const run = await project.runWith(options, ...words, '--json')
  return { publishes, name: words.join(' '), run }
}
