import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { Failure } from '../../src/contract/failure.ts'
import { rollback } from '../../src/core/rollback.ts'
import { disable, enable } from '../../src/core/switch.ts'
import type { AgentAnswer } from '../../src/worker/agent.ts'
import { connectRegistry, type WorkerRegistry } from '../../src/worker/connect-registry.ts'
import type { ConnectOptions } from '../../src/worker/connection/options.ts'
import { packAgent } from '../cloud/support/definitions.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { openedDatabase } from '../harness/cloud-database.ts'
import fc from '../harness/fast-check.ts'
import { release, type ServedRegistry, serveRegistry } from './support/served-registry.ts'

let served: ServedRegistry
const open: WorkerRegistry[] = []
beforeAll(async () => {
  served = await serveRegistry()
})
afterEach(async () => void (await Promise.all(open.splice(0).map((one) => one.close()))))
afterAll(() => served.close())

async function connect(options: Partial<ConnectOptions>): Promise<WorkerRegistry> {
  const { url, keys } = served
  const given = { url, key: keys.publishable, cacheDir: temporaryFolder(), pollMs: 500 }
  const worker = await connectRegistry({ ...given, ...options })
  open.push(worker)
  return worker
}

const given = { reason: 'a reason', actor: 'ada' }
const put = (id: string, rest: object = {}) =>
  release(served.registry, [packAgent(id, `Text ${randomUUID()}.\n`, rest)])

/** Everything that moves a definition's state, on purpose or around the switch. */
const MOVES = {
  publish: (id: string) => put(id),
  draft: (id: string) => put(id, { status: 'draft' }),
  off: (id: string) => put(id, { status: 'disabled' }),
  disable: (id: string) => disable(served.registry, { kind: 'agents', id, ...given, key: randomUUID() }),
  enable: (id: string) => enable(served.registry, { kind: 'agents', id, ...given, key: randomUUID() }),
  rollback: (id: string) =>
    rollback(served.registry, 'agents', {
      target: { kind: 'agents', id, toVersion: 1 },
      ...given,
      force: true,
      key: randomUUID(),
    }),
}
type Moves = (keyof typeof MOVES)[]
const moves = fc.array(fc.constantFrom(...(Object.keys(MOVES) as Moves)), {
  minLength: 1,
  maxLength: 4,
})

const isRefused = (error: unknown) => {
  if (!(error instanceof Failure) || error.code !== 'REFUSED') throw error
}
const reasonOf = (answer: AgentAnswer) => (answer.ok ? 'ok' : answer.reason)

/** What is tried in every run of the tests, and what the property adds. */
const ALWAYS: Moves[] = [
  ['disable'],
  ['disable', 'publish', 'draft'],
  ['off', 'draft'],
  ['disable', 'enable'],
]

test('no worker starts any version of a disabled definition, whatever its pin, key and history', async () => {
  const keys: Partial<ConnectOptions>[] = [
    { key: served.keys.publishable },
    { key: served.keys.secret },
    { key: served.keys.secret, drafts: true },
  ]
  const early = await Promise.all(keys.map(connect))
  const histories = [...ALWAYS, ...fc.sample(moves, 4)]
  const stories = await Promise.all(
    histories.map(async (history, index) => {
      const id = `pinned-${index}`
      await put(id)
      const first = await early[0]?.agent(id)
      if (!first?.ok) throw new Error(first?.message)
      const { digest, version } = first.agent
      const plan = { agents: [{ agentId: id, version, digest }] }
      const pins = [{ version }, { digest }, { version, digest }]
      for (const worker of early) for (const pin of pins) await worker.agent(id, pin)
      const locks = await Promise.all(early.map((worker) => worker.lock(plan)))
      // A move that the registry refuses, such as enabling `status: disabled`, changes nothing.
      for (const move of history) await MOVES[move](id).catch(isRefused)
      const state = (await served.registry.head('agents', id))?.state
      return { id, plan, pins, locks, history, state }
    }),
  )
  const late = await Promise.all(keys.map(connect))
  for (const { id, plan, pins, locks, history, state } of stories) {
    const lateLocks = await Promise.all(late.map((worker) => worker.lock(plan)))
    const workers = [...early, ...late]
    const reads = workers.flatMap((worker) => pins.map((pin) => () => worker.agent(id, pin)))
    for (const lock of [...locks, ...lateLocks]) reads.push(() => lock.agent(id))
    const expected = state === 'disabled' ? 'disabled' : 'ok'
    if (state === 'disabled') for (const worker of workers) reads.push(() => worker.agent(id))
    const reasons = async () => new Set((await Promise.all(reads.map((read) => read()))).map(reasonOf))
    await expect.poll(reasons, { timeout: 30_000, message: `after ${history}` }).toEqual(new Set([expected]))
  }
  expect(new Set(stories.map(({ state }) => state))).toEqual(new Set(['active', 'disabled']))
}, 120_000)

test('a new worker starts no kept copy of a disabled definition whose event is no longer kept', async () => {
  const ids = ['forgot-off', 'forgot-on', 'forgot-gone']
  await served.close()
  const database = await openedDatabase()
  served = await serveRegistry(database.url)
  for (const id of ids) await put(id)
  const cacheDir = temporaryFolder()
  const first = await connect({ cacheDir })
  const answers = await Promise.all(ids.map((id) => first.agent(id, { version: 1 })))
  const pins = answers.map((answer) => (answer.ok ? { digest: answer.agent.digest } : {}))
  await first.close()
  await MOVES.disable('forgot-off')
  await release(served.registry, [], ['forgot-gone'])
  await put('forgot-other')
  const kept = (days: number, count: number) =>
    database.query(
      `insert into registry_policies (kind, event_days, event_count) values ('*', $1, $2)
       on conflict (kind) do update set event_days = excluded.event_days, event_count = excluded.event_count`,
      [days, count],
    )
  await kept(0, 1)
  await database.query(`select registry_prune_events('{}')`)
  await kept(90, 10_000)
  const left = await database.query('select id from registry_events')
  expect(left).toEqual([{ id: 'forgot-other' }])
  const late = await connect({ cacheDir })
  const reasons = async () => Promise.all(ids.map(async (id, at) => reasonOf(await late.agent(id, pins[at]))))
  // The content of a removed definition stays usable where it is kept.
  expect(await reasons()).toEqual(['disabled', 'ok', 'ok'])
  const plan = { agents: [{ agentId: 'forgot-off', version: 1, digest: pins[0]?.digest ?? '' }] }
  expect(reasonOf(await (await late.lock(plan)).agent('forgot-off'))).toBe('disabled')
  await MOVES.enable('forgot-off')
  await expect.poll(reasons, { timeout: 20_000 }).toEqual(['ok', 'ok', 'ok'])
  await Promise.all(open.splice(0).map((one) => one.close()))
  await served.close()
  await database.drop()
  served = await serveRegistry()
})

test('a pinned copy stays in use while the registry is unreachable, unless it was known to be disabled', async () => {
  await put('cut-on')
  await put('cut-off')
  const cacheDir = temporaryFolder()
  const key = served.keys.secret
  const worker = await connect({ key, cacheDir })
  const pin = { version: 1 }
  const on = await worker.agent('cut-on', pin)
  const off = await worker.agent('cut-off', pin)
  if (!on.ok || !off.ok) throw new Error('both are live')
  await MOVES.disable('cut-off')
  await expect
    .poll(async () => reasonOf(await worker.agent('cut-off', pin)), { timeout: 20_000 })
    .toBe('disabled')
  await worker.close()
  await served.close()
  const offline = await connect({ key, cacheDir })
  const reasons = [on, off].map(({ agent }) => offline.agent(agent.id, { digest: agent.digest }))
  expect((await Promise.all(reasons)).map(reasonOf)).toEqual(['ok', 'disabled'])
  served = await serveRegistry()
}, 60_000)
