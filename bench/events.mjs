import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { connectRegistry } from '../dist/worker.js'
import { commitAll } from './commit-all.mjs'
import { loadSource } from './load-source.mjs'
import { median, runOnce } from './measure.mjs'
import { startDev } from './start-dev.mjs'

const COUNT = 1_000
const MOVES = 41

/**
 * Time from the request that changes an agent (a rollback over HTTP, including its whole transaction) until a worker
 * that follows the registry has the new version.
 */
export async function measure({ project, bin }) {
  const { createDatabase } = await loadSource('test/harness/postgres.ts')
  const database = await createDatabase({ migrated: false })
  const cwd = project(COUNT)
  const cloud = await startDev(bin, cwd, database.url)
  let registry
  try {
    const publish = { args: [bin, 'registry', 'publish'], cwd, env: { NOFX_ACTOR: 'bench' } }
    runOnce(publish)
    const { items } = await (await fetch(`${cloud.url}/api/agents?limit=1`)).json()
    const [{ id }] = items
    appendFileSync(join(cwd, 'packages/shared/agents', id, 'prompts/system.md'), 'The second version.\n')
    commitAll(cwd)
    runOnce(publish)
    const cacheDir = join(cwd, '.nofx/worker')
    registry = await connectRegistry({ url: cloud.url, key: cloud.keys.publishable, cacheDir })
    await registry.agent(id)
    const changes = registry.changes()[Symbol.asyncIterator]()
    const times = []
    for (let move = 0; move < MOVES; move++) {
      const seen = changes.next().then(() => registry.agent(id))
      const started = process.hrtime.bigint()
      const { outcomes } = await rollBack(cloud, id, move)
      const { agent } = await seen
      times.push(Number(process.hrtime.bigint() - started) / 1e9)
      const [{ version }] = outcomes
      if (agent.version !== version) throw new Error(`saw version ${agent.version}, not ${version}`)
    }
    const sorted = times.slice(1).sort((a, b) => a - b)
    return [
      {
        what: 'moved to visible in a worker, median',
        measured: `${(median(sorted) * 1000).toFixed(0)} ms`,
        goal: '< 1,000 ms',
      },
      {
        what: 'the same, slowest of 40',
        measured: `${(sorted.at(-1) * 1000).toFixed(0)} ms`,
        goal: '',
      },
    ]
  } finally {
    await registry?.close()
    await cloud.stop()
    await database.drop()
  }
}

async function rollBack({ url, keys }, id, move) {
  const response = await fetch(`${url}/api/agents/${id}/rollback`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${keys.secret}`,
      'idempotency-key': `bench-rollback-${move}`,
    },
    body: JSON.stringify({ targetVersion: 1 + (move % 2), reason: 'bench' }),
  })
  const answer = await response.json()
  if (!response.ok) throw new Error(JSON.stringify(answer))
  return answer
}
