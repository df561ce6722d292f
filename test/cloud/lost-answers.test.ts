import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openHosted } from '../../src/cloud/hosted/open-hosted.ts'
import type { ReleaseResult } from '../../src/contract/protocol/sync.ts'
import { promote } from '../../src/core/promote.ts'
import type { Registry } from '../../src/core/registry/registry.ts'
import { callForRelease } from '../../src/core/registry/sync.ts'
import { rollback, undelete } from '../../src/core/rollback.ts'
import { disable, enable } from '../../src/core/switch.ts'
import { isFire } from '../harness/repetition.ts'
import { openServerCloud, type TestCloud } from '../harness/test-cloud.ts'
import { LOST, type LosingProxy, type Lost, proxyTo } from './support/broken-answers.ts'
import { commitAt, packAgent, publish, resultOf } from './support/definitions.ts'
import { type HttpCloud, serveCloud } from './support/http-cloud.ts'

const SOON = { attempts: 2, firstPauseMs: 1 }
const EVERY = Object.keys(LOST) as Lost[]
/** One of each kind: no answer, half of one, another one, an error. */
const SOME: Lost[] = ['reset before the status', 'cut in the body', 'a page with 200', 'an empty 504']
const actor = 'test@example.com'

let server: TestCloud
let http: HttpCloud
let proxy: LosingProxy
let registry: Registry

beforeAll(async () => {
  server = await openServerCloud()
  http = await serveCloud(server.cloud)
  proxy = await proxyTo(http.url)
  registry = openHosted({ url: proxy.url, secretKey: server.cloud.keys.secret, retry: SOON })
})
afterAll(async () => {
  await proxy?.close()
  await http?.close()
  await server?.close()
})
beforeEach(() => {
  proxy.lose = () => undefined
})

const publishOf = async (id: string, text: string, expected: number, rest: object = {}) =>
  resultOf(await publish(registry, [packAgent(id, text, rest, expected)]))
const removalOf = (id: string, expectedVersion: number) =>
  publish(registry, [], { removals: [{ kind: 'agents', id, expectedVersion }] })

const switching = async (id: string) => {
  const seenVersion = (await registry.head('agents', id))?.latestVersion
  return { kind: 'agents', id, seenVersion, reason: 'harm', actor }
}

/** Prepares a definition for each command and returns the call, which can be repeated. */
const VERBS: Record<string, (id: string) => Promise<() => Promise<ReleaseResult>>> = {
  publish: async (id) => {
    const key = randomUUID()
    return async () => resultOf(await publish(registry, [packAgent(id, 'One.\n')], { key }))
  },
  'a publish that moves nothing': async (id) => {
    const first = { commit: commitAt(5) }
    resultOf(await publish(registry, [packAgent(id, 'One.\n')], first))
    const key = randomUUID()
    return async () => resultOf(await publish(registry, [packAgent(id, 'Old.\n', {}, 1)], { key }))
  },
  'a removal': async (id) => {
    await publishOf(id, 'One.\n', 0)
    const key = randomUUID()
    const removals = [{ kind: 'agents', id, expectedVersion: 1 }]
    return async () => resultOf(await publish(registry, [], { key, removals }))
  },
  rollback: async (id) => {
    await publishOf(id, 'One.\n', 0)
    await publishOf(id, 'Two.\n', 1)
    return async () => {
      const seenVersion = (await registry.head('agents', id))?.latestVersion
      const target = { kind: 'agents', id, toVersion: 1, seenVersion }
      return rollback(registry, 'agents', { target, reason: 'bad', actor })
    }
  },
  'the undoing of a release': async (id) => {
    const { releaseId } = await publishOf(id, 'One.\n', 0)
    return () => rollback(registry, 'agents', { target: { release: releaseId ?? '' }, reason: 'bad', actor })
  },
  undelete: async (id) => {
    await publishOf(id, 'One.\n', 0)
    resultOf(await removalOf(id, 1))
    return async () => {
      const seenVersion = (await registry.head('agents', id))?.latestVersion
      return undelete(registry, { kind: 'agents', id, seenVersion, actor })
    }
  },
  promote: async (id) => {
    await publishOf(id, 'One.\n', 0, { status: 'draft' })
    return async () => {
      const seenVersion = (await registry.head('agents', id))?.latestVersion
      return promote(registry, { kind: 'agents', id, seenVersion, actor })
    }
  },
  disable: async (id) => {
    await publishOf(id, 'One.\n', 0)
    return async () => disable(registry, await switching(id))
  },
  enable: async (id) => {
    await publishOf(id, 'One.\n', 0)
    await disable(registry, await switching(id))
    return async () => enable(registry, await switching(id))
  },
}

const isMoving = (path: string, body: string) => path.startsWith('/functions/') && !body.includes('"stage"')
/**
 * Each way to lose an answer is tried with three commands, and each command has ways of all kinds: what a way does is
 * not up to the command. `npm run fire` has all pairs.
 */
const waysFor = (verb: string) =>
  EVERY.filter((_, at) => isFire || at % 3 === Object.keys(VERBS).indexOf(verb) % 3)
const countOf = async (id: string) => (await registry.history('agents', id)).length

describe.each(Object.keys(VERBS))('%s', (verb) => {
  test.each(waysFor(verb))(
    'the command has one effect and succeeds when its answer is lost once: %s',
    async (lost) => {
      const id = `a-${randomUUID()}`
      const act = await VERBS[verb]!(id)
      let left = 1
      proxy.lose = (path, body) => (isMoving(path, body) && left-- > 0 ? lost : undefined)
      const before = await countOf(id)
      const result = await act()
      expect(result).toMatchObject({ replayed: true, dryRun: false })
      expect((await countOf(id)) - before).toBe(verb.includes('nothing') ? 0 : 1)
    },
  )

  test.each(SOME)(
    'the command says that the change may have happened, and can be run again, when every answer is lost: %s',
    async (lost) => {
      const id = `b-${randomUUID()}`
      const act = await VERBS[verb]!(id)
      proxy.lose = (path, body) => (isMoving(path, body) ? lost : undefined)
      const before = await countOf(id)
      await expect(act()).rejects.toMatchObject({
        code: 'REMOTE_FAILED',
        message: expect.stringContaining('; the change may have been published'),
        hint: expect.stringMatching(/^run the same command again/),
      })
      proxy.lose = () => undefined
      expect(await act()).toMatchObject({ replayed: true })
      expect((await countOf(id)) - before).toBe(verb.includes('nothing') ? 0 : 1)
    },
  )
})

test('a dry run whose answers are lost publishes nothing, and does not claim that it may have', async () => {
  const id = `c-${randomUUID()}`
  await publishOf(id, 'One.\n', 0)
  proxy.lose = (path, body) => (isMoving(path, body) ? 'cut in the body' : undefined)
  const request = { action: 'undelete', key: randomUUID(), kind: 'agents', id, actor, dryRun: true } as const
  const failure = await callForRelease(registry, 'agents', request).catch((error: Error) => error)
  expect(failure).toMatchObject({ code: 'REMOTE_FAILED' })
  expect((failure as Error).message).not.toContain('may have been')
})

test('reads and uploads are repeated when their answer is cut off in the body', async () => {
  const { item, archive } = packAgent(`d-${randomUUID()}`, 'One.\n')
  const lost = new Set<string>()
  proxy.lose = (path) => {
    if (lost.has(path)) return undefined
    lost.add(path)
    return 'cut in the body'
  }
  await registry.upload(item.bundle, archive)
  expect(Buffer.from(await registry.download(item.bundle.path))).toEqual(Buffer.from(archive))
  expect(await registry.stored([item.bundle])).toEqual(new Set([item.bundle.path]))
  await registry.heads('agents')
  expect(lost.size).toBeGreaterThanOrEqual(3)
})
