import { fork } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { commitAll } from './commit-all.mjs'
import { loadSource } from './load-source.mjs'
import { median, runOnce } from './measure.mjs'
import { startDev } from './start-dev.mjs'

const COUNT = 1_000
/** How far away the registry is: milliseconds in each direction. */
const AWAY = 40
const RUNS = 5

/** Commands against a distant registry: the waits for an answer that follow each other, and the bytes on the wire. */
export async function measure({ project, bin }) {
  const { createDatabase } = await loadSource('test/harness/postgres.ts')
  const database = await createDatabase({ migrated: false })
  const cwd = project(COUNT)
  const dev = await startDev(bin, cwd, database.url)
  const proxy = await openProxy(new URL(dev.url).port)
  const env = { SUPABASE_URL: proxy.url, SUPABASE_SECRET_KEY: dev.keys.secret, NOFX_ACTOR: 'bench' }
  const run = (words, before) => runOnce({ args: [bin, ...words.split(' ')], cwd, env, before })
  /** Pairs of runs, near and distant. */
  const row = async (what, words, before) => {
    run(words, before)
    const pairs = []
    for (let at = 0; at < RUNS; at++) {
      await proxy.moveTo(0)
      const near = run(words, before)
      await proxy.moveTo(AWAY)
      const distant = run(words, before)
      const bytes = await proxy.moveTo(0)
      pairs.push({ near, distant, bytes })
    }
    const waits = median(
      pairs.map(({ near, distant }) => (distant.seconds - near.seconds) / (2 * AWAY * 1e-3)),
    )
    const kilobytes = median(pairs.map(({ bytes }) => bytes)) / 1000
    return {
      what: `${what}, ${AWAY} ms away`,
      measured: `${waits.toFixed(1)} waits, ${kilobytes.toFixed(0)} kB`,
      goal: '',
      seconds: median(pairs.map(({ distant }) => distant.seconds)),
    }
  }
  const id = 'agents/bench-agent-00042'
  const pulled = join(cwd, '.nofx/pulled')
  try {
    run('registry publish')
    run('registry publish', () => edit(cwd, 1))
    run('registry publish agents --draft', () => edit(cwd, 1))
    return [
      await row('list', 'registry list'),
      await row('show', `registry show ${id}`),
      await row('promote (dry run)', `registry promote ${id} --dry-run`),
      await row('rollback (dry run)', `registry rollback ${id} --to 1 --reason bench --dry-run`),
      await row('publish, 1 changed', 'registry publish', () => edit(cwd, 1)),
      await row('publish, 100 changed', 'registry publish', () => edit(cwd, 100)),
      await row('publish, 0 changed', 'registry publish'),
      await row('preview up, 1 changed', 'preview up bench', () => edit(cwd, 1)),
      await row(`pull of ${COUNT}`, `registry pull agents --to ${pulled}`, () =>
        rmSync(pulled, { recursive: true, force: true }),
      ),
    ]
  } finally {
    proxy.close()
    await dev.stop()
    await database.drop()
  }
}

async function openProxy(port) {
  const child = fork(fileURLToPath(new URL('./slow-proxy.mjs', import.meta.url)), [port])
  const [started] = await once(child, 'message')
  return {
    url: `http://127.0.0.1:${started.port}`,
    /** Changes the distance; returns the bytes that have passed since the last change. */
    async moveTo(delay) {
      child.send({ delay })
      const [{ bytes }] = await once(child, 'message')
      return bytes
    },
    close: () => child.disconnect(),
  }
}

/** Changes the first `count` agents after the 42nd, in a new commit. */
function edit(cwd, count) {
  for (let n = 42; n < 42 + count; n++) {
    const prompt = `packages/shared/agents/bench-agent-${String(n).padStart(5, '0')}/prompts/system.md`
    appendFileSync(join(cwd, prompt), 'One more word.\n')
  }
  commitAll(cwd)
}
