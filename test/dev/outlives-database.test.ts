import { setTimeout as sleep } from 'node:timers/promises'
import postgres from 'postgres'
import { expect, onTestFinished, test } from 'vitest'
import { openCuttingProxy } from '../harness/cutting-proxy.ts'
import { PostgresProject } from '../harness/postgres-project.ts'
import { agentFiles } from '../harness/project.ts'
import { startDevInTest } from './support/start-dev.ts'

const CLIENTS = 8
const ROUNDS = 12

/** Sends requests all the time; every request must be answered, with any status. */
function keepAsking(url: string) {
  const statuses: number[] = []
  let asking = true
  const ask = async () => {
    while (asking) {
      const response = await fetch(`${url}/api/agents`, { headers: { 'cache-control': 'no-cache' } })
      statuses.push(response.status)
      await response.text()
    }
  }
  const all = Promise.all(Array.from({ length: CLIENTS }, ask))
  const stop = async () => {
    asking = false
    await all
    return statuses
  }
  const answers = async (count: number) => {
    const until = statuses.length + count
    while (statuses.length < until) await Promise.race([sleep(10), all])
  }
  return { answers, stop }
}

test('nofx dev survives terminated backends and a server that stops, under load', async () => {
  const project = await PostgresProject.create({ resident: false })
  const proxy = await openCuttingProxy(project.database.url)
  const sql = postgres(project.database.url, { max: 1, onnotice: () => {} })
  onTestFinished(async () => {
    proxy.close()
    await sql.end()
    await project.remove()
  })
  project.write(agentFiles('ada')).commit()
  expect((await project.run('registry', 'publish')).exit).toBe(0)
  const dev = startDevInTest(project, ['--db', proxy.url, '--no-watch'])
  const url = await dev.url
  const load = keepAsking(url)

  let ended = 0
  for (let round = 0; round < ROUNDS; round++) {
    await load.answers(CLIENTS)
    const rows = await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`
    ended += rows.length
  }
  expect(ended).toBeGreaterThan(ROUNDS)
  for (let round = 0; round < 3; round++) {
    proxy.arm(1)
    await load.answers(CLIENTS)
    proxy.arm(Number.POSITIVE_INFINITY)
    await load.answers(CLIENTS)
  }

  const statuses = await load.stop()
  const others = statuses.filter((status) => status !== 200 && status !== 502 && status !== 503)
  expect(others).toEqual([])
  expect((await fetch(`${url}/api/agents`)).status).toBe(200)
  const elsewhere = { env: { NOFX_DATABASE_URL: '' } }
  const published = await project
    .write(agentFiles('bob'))
    .commit()
    .runWith(elsewhere, 'registry', 'publish', '--json')
  expect({ exit: published.exit, ok: published.json.ok }, published.stdout).toEqual({ exit: 0, ok: true })
  expect({ exit: dev.child.exitCode, signal: dev.child.signalCode }).toEqual({ exit: null, signal: null })
  expect(dev.output()).not.toMatch(/^\s+at .+:\d+/m)
  dev.child.kill('SIGTERM')
  expect(await dev.ended).toEqual({ exit: 0, signal: null })
})
