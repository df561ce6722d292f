import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadSource } from './load-source.mjs'
import { pair, runOnce } from './measure.mjs'

const COUNT = 10_000
const COMMIT = ['--commit', '0'.repeat(40), '--rank', '1']

/** Publishes 10,000 agents to a real PostgreSQL on loopback: all of them, then none changed, then one changed. */
export async function measure({ project, bin, floor }) {
  const { createDatabase } = await loadSource('test/harness/postgres.ts')
  const database = await createDatabase({ migrated: false })
  const cwd = project(COUNT)
  const env = { NOFX_DATABASE_URL: database.url, NOFX_ACTOR: 'bench' }
  const publish = { args: [bin, 'registry', 'publish', ...COMMIT], cwd, env }
  const read = { args: [floor, 'packages/shared'], cwd }
  try {
    const first = runOnce(publish)
    const none = pair(publish, read)
    const one = pair({ ...publish, before: () => edit(cwd) }, read)
    return [
      {
        what: `first publish, ${COUNT} agents`,
        measured: `${(COUNT / first.seconds).toFixed(0)} a second`,
        goal: '512 MB',
        ...first,
      },
      row('publish, 0 changed', none),
      row('publish, 1 changed', one),
    ]
  } finally {
    await database.drop()
  }
}

const row = (what, { ratio, ...rest }) => ({
  what: `${what} of ${COUNT}`,
  measured: `${ratio.toFixed(2)} × floor`,
  goal: '<= 2.5',
  ...rest,
})

function edit(cwd) {
  appendFileSync(join(cwd, 'packages/shared/agents/bench-agent-00042/prompts/system.md'), 'One more word.\n')
}
