import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { rollback } from '../../../src/core/rollback.ts'
import { withdraw } from '../../../src/core/withdraw.ts'
import { connectRegistry } from '../../../src/worker/connect-registry.ts'
import { packAgent } from '../../cloud/support/definitions.ts'
import { temporaryFolder } from '../../cloud/support/temporary-folder.ts'
import { startCuttingProxy } from '../support/cutting-proxy.ts'
import { release, type ServedRegistry, serveRegistry } from '../support/served-registry.ts'

const LEAKED = 'The token is hunter2.\n'

let served: ServedRegistry
beforeAll(async () => {
  served = await serveRegistry()
})
afterAll(() => served.close())

async function connect(cacheDir: string, url = served.url) {
  const timing = { pollMs: 300, answerWithinMs: 4_000 }
  const worker = await connectRegistry({
    url,
    key: served.keys.publishable,
    cacheDir,
    log: () => {},
    ...timing,
  })
  onTestFinished(() => worker.close())
  return worker
}

/** Version 1 is harmless; version 2, which is live, has the text to withdraw. */
async function leak(id: string) {
  await release(served.registry, [packAgent(id, 'You are good.\n')])
  const leaked = packAgent(id, LEAKED, {}, 1)
  await release(served.registry, [leaked])
  return { version: 2, digest: leaked.item.digest }
}

async function takeDown(id: string) {
  const who = { actor: 'ann', reason: 'a token' }
  await rollback(served.registry, 'agents', { target: { kind: 'agents', id, toVersion: 1 }, ...who })
  return withdraw(served.registry, { kind: 'agents', id, version: 2, ...who })
}

const copies = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .filter((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8').includes('hunter2'))

const REFUSED = { ok: false, reason: 'withdrawn', message: expect.stringContaining('was withdrawn') }

describe('a withdrawn version', () => {
  test('the event of a withdrawal drops the version from memory, disk and locks, and every pin is refused', async () => {
    const pin = await leak('dropped')
    const folder = temporaryFolder()
    const worker = await connect(folder)
    const lock = { agents: [{ agentId: 'dropped', ...pin }] }
    const locked = await worker.lock(lock)
    expect(await locked.agent('dropped')).toMatchObject({ ok: true })
    expect(await worker.agent('dropped', pin)).toMatchObject({ ok: true })
    // Two calls stored it; a file on its way to its name is a copy too.
    await vi.waitFor(() => expect(copies(folder)).toHaveLength(1))
    const changes = worker.changes()
    await takeDown('dropped')
    for await (const { type } of changes) if (type === 'agent.withdrawn') break
    for (const asked of [pin, { version: pin.version }, { digest: pin.digest }])
      expect(await worker.agent('dropped', asked)).toMatchObject(REFUSED)
    expect(await locked.agent('dropped')).toMatchObject(REFUSED)
    expect(await (await worker.lock(lock)).agent('dropped')).toMatchObject(REFUSED)
    expect(await worker.agent('dropped')).toMatchObject({ ok: true, agent: { version: 3 } })
    await vi.waitFor(() => expect(copies(folder)).toEqual([]), { timeout: 10_000 })
  })

  test('a worker drops a version that was withdrawn while the worker was stopped', async () => {
    const pin = await leak('away')
    const folder = temporaryFolder()
    const before = await connect(folder)
    expect(await before.agent('away')).toMatchObject({ ok: true })
    await before.close()
    expect(copies(folder)).toHaveLength(1)
    await takeDown('away')
    const after = await connect(folder)
    expect(await after.agent('away', pin)).toMatchObject(REFUSED)
    await vi.waitFor(() => expect(copies(folder)).toEqual([]), { timeout: 10_000 })
  })

  test('a worker that starts without a registry drops a withdrawn version once the registry answers', async () => {
    const pin = await leak('offline')
    const folder = temporaryFolder()
    const proxy = await startCuttingProxy(served.url)
    onTestFinished(proxy.close)
    const before = await connect(folder, proxy.url)
    expect(await before.agent('offline')).toMatchObject({ ok: true })
    await before.close()
    await takeDown('offline')
    proxy.become('down')
    const after = await connect(folder, proxy.url)
    expect(await after.agent('offline', pin)).toMatchObject({ ok: true })
    proxy.become('open')
    await vi.waitFor(async () => expect(await after.agent('offline', pin)).toMatchObject(REFUSED), {
      timeout: 10_000,
    })
    await vi.waitFor(() => expect(copies(folder)).toEqual([]), { timeout: 10_000 })
  })

  test('a removed definition stays removed and its withdrawn version stays withdrawn', async () => {
    const pin = await leak('removed')
    await release(served.registry, [], ['removed'])
    await withdraw(served.registry, {
      kind: 'agents',
      id: 'removed',
      version: 2,
      actor: 'ann',
      reason: 'a token',
    })
    const worker = await connect(temporaryFolder())
    expect(await worker.agent('removed')).toMatchObject({ ok: false, reason: 'removed' })
    expect(await worker.agent('removed', pin)).toMatchObject(REFUSED)
  })
})
