import { setTimeout as sleep } from 'node:timers/promises'
import { startDev } from '../dev/support/start-dev.ts'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { seeded } from '../harness/random.ts'
import { createCrew, faultsOf, recover } from './crew.ts'
import { counter, goesOn, type Scenario } from './scenario.ts'

const CREW = 2

/** `pg_terminate_backend` while publishers and a busy `nofx dev` use the same database. */
export const terminateBackends: Scenario = {
  name: 'backends',
  what: 'backends terminated under publishers and nofx dev',
  short: 3,
  goal: 200,
  async run(fire) {
    const { facts, count } = counter()
    const broken: string[] = []
    const db = await openedDatabase()
    const crew = createCrew(CREW, fire.seed, { NOFX_DATABASE_URL: db.url })
    const [first] = crew
    const dev = startDev(first!.project, ['--db', db.url, '--no-watch'])
    try {
      const load = keepAsking(await dev.url)
      const random = seeded(fire.seed)
      while (goesOn(fire, facts.terminated ?? 0)) {
        for (const one of crew) one.change()
        let running = true
        const killing = (async () => {
          while (running) {
            await sleep(random() * 300)
            count('terminated', await terminateOne(db))
          }
        })()
        const runs = await Promise.all(
          crew.map(({ project }) => project.runWith({ alone: true }, 'registry', 'publish', '--json')),
        )
        running = false
        await killing
        for (const run of runs) {
          count(`exit ${run.exit}`)
          broken.push(...faultsOf(run, [0, 3], `after ${facts.terminated} terminated`))
        }
        const acknowledged = new Set(crew.filter((_, at) => runs[at]?.exit === 0))
        const where = `after ${facts.terminated} terminated`
        broken.push(...(await recover(db, crew, acknowledged, where)).broken)
      }
      const statuses = await load.stop()
      for (const status of statuses) count(`dev ${status}`)
      broken.push(
        ...statuses.filter((one) => ![200, 502, 503].includes(one)).map((one) => `nofx dev answered ${one}`),
      )
      if (dev.child.exitCode !== null || dev.child.signalCode !== null) broken.push('nofx dev died')
      return { tried: facts.terminated ?? 0, broken, facts }
    } finally {
      dev.child.kill('SIGKILL')
      await dev.ended
      for (const { project } of crew) project.remove()
      await db.drop()
    }
  },
}

async function terminateOne({ query }: CloudDatabase): Promise<number> {
  const rows = await query(`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid() order by random() limit 1`)
  return rows.length
}

/** Requests a list repeatedly until it is stopped. A request without an answer counts as 0. */
function keepAsking(url: string) {
  const statuses: number[] = []
  let asking = true
  const asked = (async () => {
    while (asking) {
      const response = await fetch(`${url}/api/agents`).catch(() => undefined)
      await response?.text().catch(() => '')
      statuses.push(response?.status ?? 0)
      await sleep(20)
    }
  })()
  return {
    stop: async () => {
      asking = false
      await asked
      return statuses
    },
  }
}
