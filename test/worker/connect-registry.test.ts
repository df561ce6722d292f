import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { Agent, AgentAnswer } from '../../src/worker/agent.ts'
import { connectRegistry, type WorkerRegistry } from '../../src/worker/connect-registry.ts'
import type { ConnectOptions } from '../../src/worker/connection/options.ts'
import type { Change } from '../../src/worker/feed/changes.ts'
import { packAgent } from '../cloud/support/definitions.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { onSmallDisk } from '../harness/small-disk.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { release, type ServedRegistry, serveRegistry } from './support/served-registry.ts'

let served: ServedRegistry
beforeAll(async () => {
  served = await serveRegistry()
})
afterAll(() => served.close())

/** A worker with the publishable key, and what it logged. */
async function connect(options: Partial<ConnectOptions> = {}) {
  const logged: string[] = []
  const log = (line: string) => logged.push(line)
  const given = { url: served.url, key: served.keys.publishable, cacheDir: temporaryFolder(), log }
  const worker = await connectRegistry({ ...given, ...options })
  onTestFinished(() => worker.close())
  return { worker, logged }
}

/** A worker behind a proxy, and a folder that other workers may share. */
async function connectThroughProxy(cacheDir = temporaryFolder()) {
  const proxy = await startCuttingProxy(served.url)
  onTestFinished(proxy.close)
  const options = { url: proxy.url, cacheDir, pollMs: 400, answerWithinMs: 4_000 }
  return { proxy, options, ...(await connect(options)) }
}

const put = (id: string, prompt: string, rest: object = {}) =>
  release(served.registry, [packAgent(id, prompt, rest)])

function running(answer: AgentAnswer): Agent {
  if (!answer.ok) throw new Error(answer.message)
  return answer.agent
}
const promptOf = (answer: AgentAnswer) => running(answer).prompts.system?.render()

/** Waits for the next change, which has to come. */
async function next(changes: AsyncIterator<Change>): Promise<Change> {
  const { value } = await changes.next()
  return value as Change
}

const filesIn = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true }).map((entry) =>
    join(entry.parentPath, entry.name),
  )

describe('an agent', () => {
  test('the worker returns an agent whole, with its staleness, and follows later releases', async () => {
    await put('whole', 'You work.\n')
    const { worker } = await connect()
    const changes = worker.changes()[Symbol.asyncIterator]()
    const answer = await worker.agent('whole')
    expect(running(answer)).toMatchObject({
      id: 'whole',
      version: 1,
      state: 'active',
      manifest: { agentId: 'whole' },
      staleness: { fresh: true, seq: worker.cursor, asOf: expect.stringMatching(/^\d{4}-.*Z$/) },
    })
    expect(promptOf(answer)).toBe('You work.\n')
    const [told] = await Promise.all([next(changes), put('whole', 'You work well.\n')])
    expect(told).toMatchObject({ type: 'agent.updated', kind: 'agents', id: 'whole', version: 2 })
    // The consumer of the change gets the new version.
    expect(promptOf(await worker.agent('whole'))).toBe('You work well.\n')
    expect(promptOf(await worker.agent('whole', { version: 1 }))).toBe('You work.\n')
    expect(running(await worker.agent('whole', { digest: running(answer).digest })).version).toBe(1)
  })

  test('the worker answers for a missing, removed or disabled agent instead of throwing', async () => {
    await release(served.registry, [packAgent('gone', 'x\n'), packAgent('off', 'x\n')])
    const { worker } = await connect()
    expect([(await worker.agent('gone')).ok, (await worker.agent('off')).ok]).toEqual([true, true])
    await release(served.registry, [packAgent('off', 'x\n', { status: 'disabled' })], ['gone'])
    const reasonOf = async (id: string) => {
      const answer = await worker.agent(id)
      return answer.ok ? 'ok' : answer.reason
    }
    await expect.poll(() => reasonOf('gone'), { timeout: 30_000 }).toBe('removed')
    await expect.poll(() => reasonOf('off'), { timeout: 30_000 }).toBe('disabled')
    expect(await reasonOf('nobody')).toBe('not-found')
    const other = await connect({ cacheDir: temporaryFolder() })
    const pinned = await other.worker.agent('gone', { version: 1 })
    expect(pinned).toMatchObject({
      ok: false,
      reason: 'removed',
      message: expect.stringContaining('agents/gone was removed'),
    })
  })

  test('the worker returns the draft of an agent only to callers that ask for drafts', async () => {
    await put('drafted', 'Live.\n')
    await put('drafted', 'Draft.\n', { status: 'draft' })
    await put('only-drafted', 'Draft.\n', { status: 'draft' })
    const key = served.keys.secret
    const cacheDir = temporaryFolder()
    const { worker: drafts } = await connect({ key, drafts: true, cacheDir })
    const { worker: live } = await connect({ key, cacheDir })
    expect(running(await drafts.agent('drafted'))).toMatchObject({ version: 2, state: 'draft' })
    expect(promptOf(await drafts.agent('only-drafted'))).toBe('Draft.\n')
    expect(running(await live.agent('drafted'))).toMatchObject({ version: 1, state: 'active' })
    expect(await live.agent('only-drafted')).toMatchObject({ ok: false, reason: 'not-found' })
    expect(await live.agent('drafted', { version: 2 })).toMatchObject({
      ok: false,
      reason: 'not-found',
      message: expect.stringMatching(/^version 2 of agents\/drafted is not in the registry/),
    })
  })
})

describe('a worker whose registry becomes unreachable', () => {
  const TROUBLE = /^continuing with what is known: /

  test('the worker serves the last known good copy, marked as stale, and recovers by itself', async () => {
    await put('kept', 'Old.\n')
    const { worker, proxy, logged } = await connectThroughProxy()
    const known = running(await worker.agent('kept')).staleness
    expect(known.fresh).toBe(true)
    proxy.become('silent')
    await put('kept', 'New.\n')
    await expect
      .poll(async () => running(await worker.agent('kept')).staleness.fresh, { timeout: 30_000 })
      .toBe(false)
    expect(promptOf(await worker.agent('kept'))).toBe('Old.\n')
    // A second cause is in the log as well.
    proxy.become('down')
    await expect
      .poll(() => logged.filter((line) => TROUBLE.test(line)).length, { timeout: 30_000 })
      .toBeGreaterThan(1)
    proxy.become('open')
    await expect.poll(async () => promptOf(await worker.agent('kept')), { timeout: 30_000 }).toBe('New.\n')
    expect(running(await worker.agent('kept')).staleness.fresh).toBe(true)
    expect(logged[0]).toMatch(TROUBLE)
    expect(logged.join()).not.toContain(served.keys.publishable)
  })

  test.each(['down', 'silent'] as const)(
    'a worker whose registry is %s at the start needs one copy on disk',
    async (way) => {
      await release(served.registry, [packAgent('copied', 'Copy.\n'), packAgent('stopped', 'x\n')])
      const first = await connectThroughProxy()
      expect(promptOf(await first.worker.agent('copied'))).toBe('Copy.\n')
      await first.worker.agent('stopped')
      await put('stopped', 'x\n', { status: 'disabled' })
      const reasonOf = (answer: AgentAnswer) => (answer.ok ? 'ok' : answer.reason)
      await expect
        .poll(async () => reasonOf(await first.worker.agent('stopped')), { timeout: 30_000 })
        .toBe('disabled')
      await first.worker.close()
      first.proxy.become(way)

      const options = { ...first.options, answerWithinMs: 500 }
      const { worker } = await connect(options)
      const answer = running(await worker.agent('copied'))
      expect(answer).toMatchObject({ version: 1, staleness: { fresh: false, asOf: expect.any(String) } })
      expect(answer.prompts.system?.render()).toBe('Copy.\n')
      expect(reasonOf(await worker.agent('stopped'))).toBe('disabled')
      expect(reasonOf(await worker.agent('never-asked'))).toBe('unavailable')
      await expect(connect({ ...options, cacheDir: temporaryFolder() })).rejects.toMatchObject({
        code: 'REMOTE_FAILED',
      })
      await put('stopped', 'x\n')
    },
  )

  test('a worker whose key is refused continues with a copy, and fails without one', async () => {
    await put('denied', 'x\n')
    const cacheDir = temporaryFolder()
    const { worker } = await connect({ cacheDir })
    await worker.agent('denied')
    await worker.close()
    const key = `sb_publishable_${'x'.repeat(32)}`
    const { worker: other } = await connect({ cacheDir, key })
    expect(running(await other.agent('denied')).staleness.fresh).toBe(false)
    await expect(connect({ key })).rejects.toMatchObject({ code: 'REMOTE_DENIED' })
  })
})

describe('the worker’s copies on disk', () => {
  test('copies are private, shared by workers, and checked on every read', async () => {
    await release(served.registry, [packAgent('one', 'One.\n'), packAgent('two', 'Two.\n')])
    const { worker, proxy, options } = await connectThroughProxy()
    const { worker: other } = await connect(options)
    await Promise.all([worker.agent('one'), other.agent('two')])
    await worker.close()
    await other.close()
    const files = filesIn(options.cacheDir).filter((path) => statSync(path).isFile())
    expect(files.map((path) => statSync(path).mode & 0o777)).toEqual(files.map(() => 0o600))
    expect(files.filter((path) => path.endsWith('.tmp'))).toEqual([])
    const fileOf = (text: string) => files.find((path) => readFileSync(path, 'utf8').includes(text))!
    const [one, two] = [fileOf('One.'), fileOf('Two.')]
    writeFileSync(one, readFileSync(one, 'utf8').slice(0, 200))
    writeFileSync(two, readFileSync(two, 'utf8').replace('Two.', 'Ten.'))

    const { worker: mended, logged } = await connect(options)
    expect(promptOf(await mended.agent('one'))).toBe('One.\n')
    expect(logged).toEqual([`${one} is damaged and is not used`])
    await mended.close()
    proxy.become('down')
    const { worker: alone } = await connect({ ...options, answerWithinMs: 500 })
    expect(promptOf(await alone.agent('one'))).toBe('One.\n')
    expect(await alone.agent('two')).toMatchObject({ ok: false, reason: 'unavailable' })
  })

  test('a worker continues without copies when the folder cannot be created, and logs it once', async () => {
    await release(served.registry, [packAgent('a1', 'A.\n'), packAgent('a2', 'A.\n')])
    const file = join(temporaryFolder(), 'a-file')
    writeFileSync(file, '')
    const { worker, logged } = await connect({ cacheDir: join(file, 'cache') })
    expect(promptOf(await worker.agent('a1'))).toBe('A.\n')
    expect(promptOf(await worker.agent('a2'))).toBe('A.\n')
    await worker.close()
    expect(
      logged.filter((line) => /cannot keep copies \(ENOTDIR\): continuing in memory/.test(line)),
    ).toHaveLength(1)
  })

  test('a worker continues without copies on a full disk, and writes them once there is room', async (context) => {
    await put('cramped', 'First.\n')
    const cacheDir = temporaryFolder()
    await onSmallDisk(context, cacheDir, '256k', async () => {
      const filler = join(cacheDir, 'filler')
      expect(() => writeFileSync(filler, Buffer.alloc(1_000_000))).toThrow(/ENOSPC/)
      const { worker, logged } = await connect({ cacheDir })
      expect(promptOf(await worker.agent('cramped'))).toBe('First.\n')
      await expect
        .poll(() => logged.filter((line) => /cannot keep copies \(ENOSPC\)/.test(line)))
        .toHaveLength(1)
      const copies = () => filesIn(cacheDir).filter((path) => path !== filler && statSync(path).isFile())
      expect(copies().filter((path) => statSync(path).size > 0)).toEqual([])
      rmSync(filler)
      await put('cramped', 'Second.\n')
      await expect
        .poll(() => copies().some((path) => readFileSync(path, 'utf8').includes('Second.')), {
          timeout: 60_000,
        })
        .toBe(true)
      await worker.close()
    })
  })
})

describe('the changes of a worker', () => {
  test('changes continue from the given cursor, and resume after an unknown cursor', async () => {
    const since = (await served.registry.events('now', 1)).cursor
    await put('begun', '1\n')
    await put('begun', '2\n')
    const { worker } = await connect()
    const known = worker.changes(since)[Symbol.asyncIterator]()
    const seen = [await next(known), await next(known)]
    expect(seen.map(({ seq }) => seq)).toEqual([since + 1, since + 2])

    const lost = worker.changes(since + 1_000_000)[Symbol.asyncIterator]()
    expect(await next(lost)).toEqual({ type: 'resync', seq: since + 2 })
    const [told] = await Promise.all([next(lost), put('begun', '3\n')])
    expect(told).toMatchObject({ seq: since + 3, id: 'begun' })
    expect(await next(known)).toMatchObject({ seq: since + 3 })
    const ended = Promise.all([known.next(), lost.next()].map(async (one) => (await one).done))
    await worker.close()
    expect(await ended).toEqual([true, true])
  })
})

describe('a plan locked by a worker', () => {
  test('a locked plan keeps its versions through a release, a removal and a lost registry', async () => {
    await put('locked', 'First.\n')
    const { worker, proxy, options } = await connectThroughProxy()
    const { version, digest } = running(await worker.agent('locked'))
    const plan = { agents: [{ agentId: 'locked', version, digest }], steps: [] }
    const run = await worker.lock(plan)
    await put('locked', 'Second.\n')
    expect(promptOf(await run.agent('locked'))).toBe('First.\n')
    await release(served.registry, [], ['locked'])
    await expect.poll(async () => (await worker.agent('locked')).ok, { timeout: 30_000 }).toBe(false)
    expect(running(await run.agent('locked'))).toMatchObject({ version, digest })
    expect(await run.agent('whole')).toMatchObject({ ok: false, reason: 'not-found' })
    await worker.close()

    proxy.become('down')
    const { worker: alone } = await connect({ ...options, answerWithinMs: 500 })
    expect(promptOf(await (await alone.lock(plan)).agent('locked'))).toBe('First.\n')

    // A worker that connects later and may not see the removed revision gets `removed`; a publisher gets the revision.
    const { worker: late } = await connect()
    expect(await (await late.lock(plan)).agent('locked')).toMatchObject({ ok: false, reason: 'removed' })
    const { worker: publisher } = await connect({ key: served.keys.secret })
    expect(promptOf(await (await publisher.lock(plan)).agent('locked'))).toBe('First.\n')
  })

  test('lock refuses a value that is not a plan', async () => {
    const { worker } = await connect()
    for (const plan of [
      {},
      { agents: [] },
      { locks: [{ kind: 'agents', id: 'x', version: 1, digest: 'x' }] },
    ])
      await expect(worker.lock(plan)).rejects.toMatchObject({ code: 'CONFIG' })
  })
})

describe('an invalid option of connectRegistry is refused', () => {
  test.each<[string, Partial<ConnectOptions>]>([
    ['url', { url: 'http://example.com' }],
    ['url', { url: 'no url' }],
    ['key', { key: '' }],
    ['cacheDir', { cacheDir: '' }],
    ['drafts', { drafts: true }],
    ['pollMs', { pollMs: 0 }],
    ['answerWithinMs', { answerWithinMs: Number.NaN }],
  ])('the option %s is refused: %j', async (name, options) => {
    const refusal = { code: 'CONFIG', message: expect.stringContaining(`the option ${name} `) }
    await expect(connect(options)).rejects.toMatchObject(refusal)
  })
})

test('a closed worker holds nothing open and still answers from memory', async () => {
  await put('last', 'Last.\n')
  const { worker }: { worker: WorkerRegistry } = await connect()
  await worker.agent('last')
  await worker.close()
  expect(promptOf(await worker.agent('last'))).toBe('Last.\n')
  expect(await worker.agent('other')).toMatchObject({ ok: false, reason: 'unavailable' })
})
