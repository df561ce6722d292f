import { cpSync } from 'node:fs'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { connectRegistry, type WorkerRegistry } from '../../src/worker/connect-registry.ts'
import type { Change } from '../../src/worker/feed/changes.ts'
import { packAgent } from '../cloud/support/definitions.ts'
import { temporaryFolder } from '../cloud/support/temporary-folder.ts'
import { backUp, restore } from '../harness/backup.ts'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { startCuttingProxy } from './support/cutting-proxy.ts'
import { release, type ServedRegistry, serveRegistry } from './support/served-registry.ts'

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

const put = (id: string, prompt: string) => release(served.registry, [packAgent(id, prompt)])

/** A worker's options with a folder of its own, behind a proxy, and what it reads of one agent. */
async function placeOf(id: string, pollMs: number) {
  const proxy = await startCuttingProxy(served.url)
  onTestFinished(proxy.close)
  const cacheDir = temporaryFolder()
  const { publishable: key } = served.keys
  const prompt = async (worker: WorkerRegistry) => {
    const answer = await worker.agent(id)
    return answer.ok && answer.agent.prompts.system?.render()
  }
  return {
    proxy,
    cacheDir,
    prompt,
    options: { url: proxy.url, key, cacheDir, pollMs, answerWithinMs: 4_000 },
  }
}

function follow(worker: WorkerRegistry): Change[] {
  const seen: Change[] = []
  void (async () => {
    for await (const change of worker.changes()) seen.push(change)
  })()
  return seen
}

test.each([
  ['and nothing happens afterwards', 0],
  ['and counts up to the same number again', 2],
  ['and counts beyond it', 5],
])(
  'a worker notices that its registry was restored from a backup, %s',
  async (_how, releases) => {
    const id = `agent-${releases}`
    const { proxy, prompt, options } = await placeOf(id, 300)

    await put(id, 'Kept.\n')
    await backUp(database)
    await put(id, 'Lost.\n')
    await put('other', `Lost with ${id}.\n`)
    const worker = await connectRegistry(options)
    onTestFinished(() => worker.close())
    expect(await prompt(worker)).toBe('Lost.\n')
    const lost = worker.cursor
    const seen = follow(worker)
    await put('other', `Seen beside ${id}.\n`)
    await expect.poll(() => seen.map((change) => change.seq)).toEqual([lost + 1])

    proxy.become('down')
    await restore(database)
    for (let done = 0; done < releases; done++) await put('other', `Restored ${done} beside ${id}.\n`)
    const { cursor } = await served.registry.events('now', 1)
    proxy.become('open')
    await expect.poll(() => prompt(worker), { timeout: 30_000 }).toBe('Kept.\n')
    await expect.poll(() => seen[1], { timeout: 30_000 }).toEqual({ type: 'resync', seq: cursor })
    await worker.close()

    proxy.become('down')
    const alone = await connectRegistry({ ...options, answerWithinMs: 500 })
    onTestFinished(() => alone.close())
    expect(await prompt(alone)).toBe('Kept.\n')
  },
  60_000,
)

test('a state of a lost history does not stay in the folder of a worker that closes', async () => {
  const { proxy, cacheDir, prompt, options } = await placeOf('shared', 60_000)
  await put('shared', 'Kept.\n')
  await backUp(database)
  await put('shared', 'Lost.\n')
  const earlier = await connectRegistry(options)
  expect(await prompt(earlier)).toBe('Lost.\n')
  await earlier.close()
  const lostFolder = temporaryFolder()
  cpSync(cacheDir, lostFolder, { recursive: true })
  await restore(database)
  const worker = await connectRegistry(options)
  expect(await prompt(worker)).toBe('Kept.\n')
  cpSync(lostFolder, cacheDir, { recursive: true })
  await worker.close()
  proxy.become('down')
  const alone = await connectRegistry({ ...options, answerWithinMs: 500 })
  onTestFinished(() => alone.close())
  expect(await prompt(alone)).toBe('Kept.\n')
})
