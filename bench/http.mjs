import { loadSource } from './load-source.mjs'
import { pair, runOnce } from './measure.mjs'
import { measureBusy, measureLists } from './readers.mjs'
import { startDev } from './start-dev.mjs'

const COUNT = 10_000

/**
 * 10,000 agents over HTTP: `nofx dev` on a real PostgreSQL, the CLI as its client, and a reader that repeats its
 * request.
 */
export async function measure({ project, bin, floor }) {
  const { createDatabase } = await loadSource('test/harness/postgres.ts')
  const database = await createDatabase({ migrated: false })
  const cwd = project(COUNT)
  const cloud = await startDev(bin, cwd, database.url)
  const publish = { args: [bin, 'registry', 'publish'], cwd, env: { NOFX_ACTOR: 'bench' } }
  try {
    const first = runOnce(publish)
    const none = pair(publish, { args: [floor, 'packages/shared'], cwd })
    const lists = await measureLists(cloud)
    const busy = await measureBusy(cloud)
    return [
      {
        what: `first publish over HTTP, ${COUNT} agents`,
        measured: `${(COUNT / first.seconds).toFixed(0)} a second`,
        goal: '512 MB',
        ...first,
      },
      {
        what: `publish over HTTP, 0 of ${COUNT} changed`,
        measured: `${none.ratio.toFixed(2)} × floor`,
        goal: '',
        ...none,
      },
      {
        what: `GET /api/agents?limit=100 of ${COUNT}, repeated`,
        measured: `${lists.repeated.toFixed(0)} a second`,
        goal: '900',
      },
      {
        what: 'the same, the first time after a change',
        measured: `${lists.first.toFixed(0)} a second`,
        goal: '180',
      },
      {
        what: 'the same sorted by time, where every page is composed',
        measured: `${lists.composed.toFixed(0)} a second`,
        goal: '180',
      },
      {
        what: 'the same with If-None-Match, 304',
        measured: `${(lists.unchanged / lists.repeated).toFixed(2)} × the rate of the list`,
        goal: '',
      },
      {
        what: '200 readers and 100 streams, two changes a second',
        measured: `p99 ${busy.p99.toFixed(0)} ms, ${busy.rate.toFixed(0)} a second, ${busy.failed} failed, ${busy.fewest} events or more a stream`,
        goal: 'p99 < 500 ms',
      },
    ]
  } finally {
    await cloud.stop()
    await database.drop()
  }
}
