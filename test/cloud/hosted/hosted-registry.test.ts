import { rmSync } from 'node:fs'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Cloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { createEmbeddedRegistry } from '../../../src/cloud/embedded/open-embedded.ts'
import { openHosted } from '../../../src/cloud/hosted/open-hosted.ts'
import { sha256 } from '../../../src/contract/digest.ts'
import { Failure } from '../../../src/contract/failure.ts'
import { SILENT } from '../../../src/core/progress.ts'
import { applyPlan } from '../../../src/core/publish/apply.ts'
import { planPublish } from '../../../src/core/publish/publish.ts'
import {
  readKnownHeads,
  readKnownPlace,
  keepHeads as writeHeads,
} from '../../../src/core/registry/kept-heads.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import type { WorkingTree } from '../../../src/core/tree/tree.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { agentFiles, treeOn } from '../../core/support/tree.ts'
import { openServerCloud } from '../../harness/test-cloud.ts'
import { tempFolder } from '../../import/support/temp-folder.ts'
import { commitAt, packAgent, publish, resultOf } from '../support/definitions.ts'
import { type HttpCloud, serveCloud } from '../support/http-cloud.ts'
import { describeRegistry } from '../support/registry-contract.ts'

const SOON = { attempts: 3, firstPauseMs: 1 }
const MIB = 1024 * 1024

let cloud: Cloud
let closeCloud: () => Promise<void>
let http: HttpCloud
let registry: Registry

async function serve(): Promise<void> {
  const server = await openServerCloud()
  cloud = server.cloud
  closeCloud = server.close
  http = await serveCloud(cloud)
  registry = openHosted({ url: http.url, secretKey: cloud.keys.secret, retry: SOON })
}

async function stop(): Promise<void> {
  await registry.close()
  await http.close()
  await closeCloud()
}

describeRegistry('a project over HTTP', async () => {
  await serve()
  const { upload: fill } = createEmbeddedRegistry(cloud, [agents], 'a project')
  return { registry, close: stop, fill }
})

describe('a registry over HTTP', () => {
  beforeAll(serve)
  afterAll(stop)
  beforeEach(() => {
    http.calls.length = 0
    http.fault = () => undefined
  })

  const failureOf = async (work: Promise<unknown>): Promise<Failure> => {
    const error = await work.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Failure)
    return error as Failure
  }

  test('a publish uses the paths and headers of a hosted project', async () => {
    resultOf(await publish(registry, [packAgent('wire', 'Wire.\n')]))
    expect(
      http.calls.map(({ method, path }) => `${method} ${path.replace(/[0-9a-f]{64}/, '<digest>')}`),
    ).toEqual([
      'POST /storage/v1/object/registry/agents/wire/<digest>.tar.gz',
      'POST /functions/v1/registry_agents_sync',
      'POST /functions/v1/registry_agents_sync',
    ])
    const [upload, stage] = http.calls
    expect(upload!.headers).toMatchObject({ apikey: cloud.keys.secret, 'content-type': 'application/gzip' })
    expect(stage!.headers).toMatchObject({ apikey: cloud.keys.secret, 'content-type': 'application/json' })
  })

  describe('the round trips', () => {
    const WHO = { actor: 'ann', force: false }
    const planOf = (tree: WorkingTree, rank: number) =>
      planPublish(tree, registry, { commit: commitAt(rank), publishes: ['agents'], applies: true }, SILENT)
    /** Publishes a tree as the command does. */
    const publishTree = async (tree: WorkingTree, rank: number) => {
      const { plan, ahead } = await planOf(tree, rank)
      const { outcomes } = await applyPlan(plan!, tree, registry, { ...WHO, ahead }, SILENT)
      return outcomes.map(({ outcome }) => outcome)
    }
    /** The calls with the round of each: 1 for a call that waited for no answer, and so on. */
    const rounds = () =>
      http.calls.map(
        ({ round, path }) => `${round} ${path.replace(/.*\/v1\//, '').replace(/\/agents\/.*/, '')}`,
      )
    const FUNCTION = 'registry_agents_sync'
    const many = (count: number, prompt: string) =>
      treeOn(...Array.from({ length: count }, (_none, at) => agentFiles(`far-${at}`, {}, prompt)))

    test('a publish makes five rounds of calls, however many kinds and changes there are, and one for no change', async () => {
      expect(await publishTree(many(60, 'One.\n'), 1)).toEqual(Array(60).fill('added'))
      http.calls.length = 0
      const mixed = treeOn(
        agentFiles('far-0', {}, 'Two.\n'),
        ...Array.from({ length: 59 }, (_none, at) => agentFiles(`far-${at + 1}`, {}, 'One.\n')),
      )
      expect(await publishTree(mixed, 2)).toEqual(['updated'])
      expect(rounds().sort()).toEqual([
        '1 rpc/registry_heads_json',
        '2 registry_revisions',
        '2 rpc/registry_stored_bundles',
        '3 object/registry',
        `4 ${FUNCTION}`,
        `5 ${FUNCTION}`,
      ])
      http.calls.length = 0
      expect(await publishTree(mixed, 3)).toEqual([])
      expect(rounds()).toEqual(['1 rpc/registry_heads_json'])

      http.calls.length = 0
      const { ahead } = await planOf(many(60, 'Three.\n'), 4)
      expect(ahead?.prepared.size).toBe(60)
      expect(rounds().sort()).toEqual([
        '1 rpc/registry_heads_json',
        '2 registry_revisions',
        '2 registry_revisions',
        '2 rpc/registry_stored_bundles',
      ])
    })

    test('heads of all kinds are one call, and a plan that is only shown asks for nothing that a publish needs', async () => {
      await registry.heads('agents', 'templates', 'servers', 'skills')
      expect(rounds()).toEqual(['1 rpc/registry_heads_json'])
      http.calls.length = 0
      const options = { commit: commitAt(9), publishes: ['agents'] }
      const { plan, ahead } = await planPublish(many(1, 'Four.\n'), registry, options, SILENT)
      expect(plan?.items).toMatchObject([{ id: 'far-0', action: 'change' }])
      expect(ahead).toBeUndefined()
      expect(rounds()).toEqual(['1 rpc/registry_heads_json', '2 registry_revisions'])
    })

    test('heads that are kept travel once: later reads get what moved, and wrong ones are read again', async () => {
      const keepHeads = { folder: tempFolder(), build: 'one', reader: ['this project'] }
      const open = () => openHosted({ url: http.url, secretKey: cloud.keys.secret, retry: SOON, keepHeads })
      const kinds = ['agents', 'templates']
      /** The heads as a command reads them, with the calls and the bytes that it took. */
      const read = async (one = open()) => {
        http.calls.length = 0
        const heads = await one.heads(...kinds)
        const [calls, bytes] = [rounds(), http.calls.reduce((sum, { answered }) => sum + answered, 0)]
        expect(heads).toEqual(await registry.heads(...kinds))
        return { calls, bytes }
      }
      const SINCE = 'rpc/registry_heads_since'
      const first = await read()
      expect(first.calls).toEqual([`1 ${SINCE}`])
      const again = await read()
      expect(again.calls).toEqual([`1 ${SINCE}`])
      expect(again.bytes).toBeLessThan(600)
      expect(first.bytes).toBeGreaterThan(10_000)
      resultOf(await publish(registry, [packAgent('newest', 'New.\n')]))
      const moved = await read()
      expect(moved.calls).toEqual([`1 ${SINCE}`])
      expect(moved.bytes).toBeLessThan(2_000)

      // What another program wrote there does not prove to be the registry's.
      const at = readKnownPlace(keepHeads, 'agents')!
      const known = readKnownHeads(keepHeads, 'agents')
      const [id, one] = [...known][0]!
      for (const heads of [
        new Map([...known].slice(1)),
        new Map([...known, [id, { ...one, stamp: '1' }]]),
        new Map([...known, ['ghost', { ...one, head: { ...one.head, id: 'ghost' } }]]),
        new Map(),
      ]) {
        writeHeads(keepHeads, 'agents', at, heads)
        expect((await read()).calls).toEqual([`1 ${SINCE}`, `2 ${SINCE}`])
        expect((await read()).calls).toEqual([`1 ${SINCE}`])
      }
      // Heads that are those of an earlier answer need not be read.
      const sumNow = async () => {
        http.calls.length = 0
        const { sum } = await open().askForHeads(...kinds)
        expect(rounds()).toEqual([`1 ${SINCE}`])
        return sum
      }
      const sum = await sumNow()
      expect(sum).toContain('agents')
      rmSync(keepHeads.folder, { recursive: true })
      expect(await sumNow()).toBe(sum)
      expect((await registry.askForHeads(...kinds)).sum).toBeUndefined()
      resultOf(await publish(registry, [packAgent('third', 'New.\n')]))
      expect(await sumNow()).not.toBe(sum)
      // A preview has heads of its own, which are not kept.
      resultOf(await publish(registry, [packAgent('newest', 'Newer.\n', {}, 1)], { commit: commitAt(2) }))
      http.calls.length = 0
      await expect(open().inPreview('none').heads('agents')).rejects.toMatchObject({ code: 'NOT_FOUND' })
      expect(rounds()).toEqual(['1 rpc/registry_preview_read'])
    })

    test('what storage had while the plan was made is not sent, and what it lost since is refused at the commit', async () => {
      const tree = many(2, 'Five.\n')
      const { plan, ahead } = await planOf(tree, 5)
      const packed = [...(ahead?.prepared.values() ?? [])].map((one) => one.packed)
      await registry.upload(packed[0]!.ref, packed[0]!.archive)
      const again = await planOf(tree, 5)
      http.calls.length = 0
      await cloud.client.storage.from('registry').remove([packed[0]!.ref.path])
      const failure = await failureOf(
        applyPlan(plan!, tree, registry, { ...WHO, ahead: again.ahead }, SILENT),
      )
      expect(failure).toMatchObject({ code: 'REFUSED', detail: { rule: 'NOFX_BUNDLE_MISSING' } })
      expect(rounds().filter((call) => call.endsWith('object/registry'))).toHaveLength(1)
      // The next run asks again.
      expect(await publishTree(tree, 5)).toEqual(['updated', 'updated'])
    })
  })

  test.each([503, 500, 429, 'drop', 'drop-after'] as const)(
    'a publish whose every call first ends in %s has one effect',
    async (fault) => {
      const id = `fault-${fault}`
      http.fault = (_call, before) => (before % 2 === 0 ? fault : undefined)
      const result = resultOf(await publish(registry, [packAgent(id, 'Once.\n')]))
      expect(result.outcomes).toMatchObject([{ id, outcome: 'added', version: 1 }])
      http.fault = () => undefined
      expect(await registry.history('agents', id)).toHaveLength(1)
      const { events } = await registry.events(0, 1000)
      expect(events.filter((event) => event.id === id)).toHaveLength(1)
    },
  )

  test('a refused call is not retried', async () => {
    http.fault = () => 403
    const failure = await failureOf(registry.heads('agents'))
    expect(failure).toMatchObject({ code: 'REMOTE_DENIED', at: http.url })
    expect(http.calls).toHaveLength(1)
  })

  test('a wrong key is refused with a hint, and never shown', async () => {
    const secretKey = 'sb_secret_not_the_key_of_this_project'
    const wrong = openHosted({ url: http.url, secretKey, retry: SOON })
    const calls = [
      () => wrong.heads('agents'),
      () => wrong.upload({ path: 'agents/a/b.tar.gz', size: 1, sha256: '' }, Buffer.from('x')),
      () => publish(wrong, []),
    ]
    for (const call of calls) {
      const failure = await failureOf(call())
      expect(failure.code).toBe('REMOTE_DENIED')
      expect(failure.hint).toBe(
        'sign in as a publisher (nofx login), or set SUPABASE_SECRET_KEY to a secret key of that project',
      )
      expect(`${failure.message}${JSON.stringify(failure)}${failure.stack}`).not.toContain('not_the_key')
    }
  })

  test('an unreachable server is named, with the reason', async () => {
    http.fault = () => 'drop'
    const failure = await failureOf(registry.heads('agents'))
    expect(failure.code).toBe('REMOTE_FAILED')
    expect(failure.message).toMatch(`${http.url} cannot be reached (`)
    expect(http.calls).toHaveLength(SOON.attempts)
    const nobody = openHosted({ url: 'http://127.0.0.1:9', secretKey: cloud.keys.secret, retry: SOON })
    expect((await failureOf(nobody.heads('agents'))).code).toBe('REMOTE_FAILED')
    expect((await failureOf(publish(nobody, []))).message).toContain('http://127.0.0.1:9 cannot be reached')
  })

  test('a server that accepts a call and never answers times out', async () => {
    http.fault = () => 'silence'
    const retry = { ...SOON, answerWithinMs: 50 }
    const waiting = openHosted({ url: http.url, secretKey: cloud.keys.secret, retry })
    expect((await failureOf(waiting.heads('agents'))).message).toBe(
      `${http.url} cannot be reached (no answer within 0.05 s)`,
    )
    expect(http.calls).toHaveLength(SOON.attempts)
  })

  test('a project without the function or the tables is reported with the missing command', async () => {
    http.fault = ({ path }) => (path.startsWith('/functions/') ? 404 : undefined)
    expect(await failureOf(publish(registry, []))).toMatchObject({
      message: `${http.url} has no function registry_agents_sync`,
      hint: 'supabase functions deploy registry_agents_sync --use-api --yes',
    })
    const unknown = cloud.client.rpc('registry_heads_json', { p_nothing: 1 })
    expect((await unknown).error?.code).toBe('PGRST202')
  })

  test('a gateway page instead of an answer is a failure', async () => {
    http.fault = ({ path }) => (path.startsWith('/functions/') ? 400 : undefined)
    expect(await failureOf(publish(registry, []))).toMatchObject({
      code: 'REMOTE_FAILED',
      message: `${http.url} could not call the function registry_agents_sync: HTTP 400`,
    })
  })

  describe('a bundle over 6 MB', () => {
    const archive = Buffer.alloc(14 * MIB, 3)
    const bundleAt = (name: string) => ({
      path: `agents/big/${sha256(name)}.tar.gz`,
      size: archive.length,
      sha256: sha256(archive),
    })
    const chunks = () => http.calls.filter(({ method }) => method === 'POST' || method === 'PATCH')

    test('a bundle over 6 MB is uploaded in chunks of 6 MB', async () => {
      const bundle = bundleAt('chunks')
      await registry.upload(bundle, archive)
      expect(chunks().map(({ size }) => size)).toEqual([6 * MIB, 6 * MIB, 2 * MIB])
      expect(await registry.stored([bundle])).toEqual(new Set([bundle.path]))
      expect(sha256(await registry.download(bundle.path))).toBe(bundle.sha256)
    })

    test('a bundle over 6 MB continues after a broken connection', async () => {
      const bundle = bundleAt('broken')
      http.fault = ({ method }, before) => (method === 'PATCH' && before === 0 ? 'drop' : undefined)
      await registry.upload(bundle, archive)
      expect(chunks().map(({ size }) => size)).toEqual([6 * MIB, 6 * MIB, 6 * MIB, 2 * MIB])
      expect(await registry.stored([bundle])).toEqual(new Set([bundle.path]))
    })

    test('a bundle over 6 MB that is stored already is not sent again', async () => {
      const bundle = bundleAt('twice')
      await registry.upload(bundle, archive)
      await registry.upload(bundle, archive)
      expect(await registry.stored([bundle])).toEqual(new Set([bundle.path]))
    })

    test('a bundle over 6 MB with a wrong key is refused', async () => {
      const secretKey = 'sb_secret_not_the_key_of_this_project'
      const wrong = openHosted({ url: http.url, secretKey, retry: SOON })
      const failure = await failureOf(wrong.upload(bundleAt('denied'), archive))
      expect(failure.code).toBe('REMOTE_DENIED')
      expect(failure.message).not.toContain('not_the_key')
    })
  })
})
