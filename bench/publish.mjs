import { execFileSync } from 'node:child_process'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { commitAll } from './commit-all.mjs'
import { loadSource } from './load-source.mjs'
import { pair, runOnce } from './measure.mjs'

const COUNT = 10_000

/** Publishes 10,000 agents to a real PostgreSQL on loopback: all of them, then none changed, then one changed. */
export async function measure({ project, bin, floor }) {
  const { createDatabase } = await loadSource('test/harness/postgres.ts')
  const database = await createDatabase({ migrated: false })
  const cwd = project(COUNT)
  const env = { NOFX_DATABASE_URL: database.url, NOFX_ACTOR: 'bench' }
  const publish = { args: [bin, 'registry', 'publish'], cwd, env }
  /** A clone in CI has none of the digests that an earlier publish left. */
  const fresh = () => rmSync(join(cwd, '.git/nofx'), { recursive: true, force: true })
  const read = { args: [floor, 'packages/shared'], cwd }
  try {
    const first = runOnce(publish)
    // A clone has its objects in a pack, not in 40,000 files.
    execFileSync('git', ['gc', '-q'], { cwd })
    const rows = [
      row('publish, 0 changed', '0.6', pair(publish, read)),
      row('publish, 1 changed', '0.8', pair({ ...publish, before: () => edit(cwd) }, read)),
      row('publish from a fresh clone, 0 changed', '1.6', pair({ ...publish, before: fresh }, read)),
      row(
        'publish from a fresh clone, 1 changed',
        '1.8',
        pair({ ...publish, before: () => [edit(cwd), fresh()] }, read),
      ),
    ]
    return [
      {
        what: `first publish, ${COUNT} agents`,
        measured: `${(COUNT / first.seconds).toFixed(0)} a second`,
        goal: '512 MB',
        ...first,
      },
      ...rows,
    ]
  } finally {
    await database.drop()
  }
}

const row = (what, goal, { ratio, ...rest }) => ({
  what: `${what} of ${COUNT}`,
  measured: `${ratio.toFixed(2)} × floor`,
  goal: `<= ${goal}`,
  ...rest,
})

function edit(cwd) {
  appendFileSync(join(cwd, 'packages/shared/agents/bench-agent-00042/prompts/system.md'), 'One more word.\n')
  commitAll(cwd)
}
