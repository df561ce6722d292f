import { Agent, get } from 'node:http'
import { loadSource } from './load-source.mjs'
import { median, pair, runOnce } from './measure.mjs'
import { startDev } from './start-dev.mjs'

const COUNT = 10_000
/** Concurrent requests, and requests per round. */
const AT_ONCE = 8
const ROUND = 400

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
    const list = `${cloud.url}/api/agents?limit=100`
    const { headers } = await ask(list)
    const rounds = []
    for (let round = 0; round < 8; round++)
      rounds.push({
        full: await rateOf(list, {}, 200),
        unchanged: await rateOf(list, { 'if-none-match': headers.etag }, 304),
      })
    // The first round warms up the server.
    const kept = rounds.slice(1)
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
        what: `GET /api/agents?limit=100 of ${COUNT}`,
        measured: `${median(kept.map(({ full }) => full)).toFixed(0)} a second`,
        goal: '',
      },
      {
        what: 'GET /api/agents, 304',
        measured: `${median(kept.map(({ full, unchanged }) => unchanged / full)).toFixed(2)} × the rate of the list`,
        goal: '>= 2',
      },
    ]
  } finally {
    await cloud.stop()
    await database.drop()
  }
}

const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE })

function ask(url, headers = {}) {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (response) => {
      response.resume()
      response.once('end', () => resolve({ status: response.statusCode, headers: response.headers }))
    }).once('error', reject)
  })
}

/** Answers per second in one round. Throws on an unexpected answer. */
async function rateOf(url, headers, status) {
  let left = ROUND
  const started = process.hrtime.bigint()
  const worker = async () => {
    while (left-- > 0) {
      const answer = await ask(url, headers)
      if (answer.status !== status) throw new Error(`${url} answered ${answer.status}, not ${status}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return ROUND / (Number(process.hrtime.bigint() - started) / 1e9)
}
