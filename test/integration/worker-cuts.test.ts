import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectRegistry, type WorkerRegistry } from '../../src/worker/connect-registry.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { seeded } from '../harness/random.ts'
import { repetitions } from '../harness/repetition.ts'
import { startCuttingProxy } from '../worker/support/cutting-proxy.ts'
import { type ServedRegistry, serveRegistry } from '../worker/support/served-registry.ts'

/** Each has a feed of its own, and is cut by itself. */
const WORKERS = repetitions(8, 20)
const CHANGES = 1_000

let database: CloudDatabase
let served: ServedRegistry
beforeAll(async () => {
  database = await openedDatabase()
  served = await serveRegistry(database.url)
})
afterAll(async () => {
  await served?.close()
  await database?.drop()
})

/** Bytes in use after a garbage collection. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed
}

/** Writes events as the end of a release does, without definitions: under the counter's lock. */
function commit(events: number): Promise<unknown> {
  return database.query(`
    with moved as (update registry_counter set seq = seq + ${events} returning seq)
    insert into registry_events (seq, type, kind, id, version, digest, release_id, audience, at)
    select seq - ${events} + n, 'agent.updated', 'agents', 'agent-' || n, 1, null, null, 'public', clock_timestamp()
    from moved, generate_series(1, ${events}) as n`)
}

function follow(worker: WorkerRegistry): number[] {
  const seen: number[] = []
  void (async () => {
    for await (const change of worker.changes(0)) seen.push(change.seq)
  })()
  return seen
}

test(`${WORKERS} workers see each of 1,000 changes once and in order, wherever the network is cut`, async () => {
  const proxy = await startCuttingProxy(served.url)
  onTestFinished(proxy.close)
  const options = { url: proxy.url, key: served.keys.publishable, cacheDir: temporaryFolder() }
  const workers = await Promise.all(Array.from({ length: WORKERS }, () => connectRegistry(options)))
  onTestFinished(async () => {
    await Promise.all(workers.map((worker) => worker.close()))
  })
  const feeds = workers.map(follow)
  const random = seeded(51)
  proxy.breaks = () => random() < 0.08

  let done = 0
  let half = 0
  while (done < CHANGES) {
    const events = Math.min(1 + Math.floor(random() * 80), CHANGES - done)
    await commit(events)
    if (random() < 0.2) proxy.cut()
    done += events
    // The next commit waits until a worker has seen the last one, so that there is a connection to cut.
    await expect
      .poll(() => Math.max(...feeds.map((seen) => seen.length)), { interval: 5, timeout: 60_000 })
      .toBe(done)
    if (half === 0 && done > CHANGES / 2) half = heap()
  }
  proxy.breaks = () => false
  proxy.cut()

  const all = Array.from({ length: CHANGES }, (_, index) => index + 1)
  // Workers have 5 s after the last cut to receive everything.
  await expect
    .poll(() => feeds.filter((seen) => seen.at(-1) === CHANGES).length, { timeout: 5_000 })
    .toBe(WORKERS)
  for (const seen of feeds) expect(seen).toEqual(all)
  expect(heap()).toBeLessThan(half * 1.5)
})
