import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/contract/digest.ts'
import { Failure } from '../../../src/contract/failure.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { commitAt, packAgent, publish, resultOf } from './definitions.ts'

/** An empty registry; `close` also removes its database. */
interface Empty {
  registry: Registry
  close: () => Promise<void>
  /** Stores very many bundles, where each one is some calls otherwise. */
  fill?: Registry['upload']
}
export type OpenEmpty = () => Promise<Empty>

/** The contract of every implementation of the port. */
export function describeRegistry(name: string, open: OpenEmpty): void {
  describe(`a registry on ${name}`, () => {
    let registry: Registry
    let opened: Empty | undefined
    beforeAll(async () => {
      opened = await open()
      registry = opened.registry
    })
    afterAll(() => opened?.close())

    const writer = () => `writer-${randomUUID().slice(0, 8)}`

    test('the registry shows a published agent as head, history, revision, release, event and bundle', async () => {
      const id = writer()
      const packed = packAgent(id, 'You write.\n', { version: '1.2.0', tags: ['text'] })
      const result = resultOf(await publish(registry, [packed], { reason: 'first' }))
      expect(result.outcomes).toEqual([
        { kind: 'agents', id, outcome: 'added', version: 1, digest: packed.item.digest },
      ])

      const head = await registry.head('agents', id)
      expect(head).toMatchObject({
        kind: 'agents',
        id,
        state: 'active',
        version: 1,
        draftVersion: null,
        latestVersion: 1,
        digest: packed.item.digest,
        commit: { sha: commitAt(1).sha, rank: 1 },
        hold: [],
        references: [],
        description: { status: 'active', version: '1.2.0', tags: ['text'], provides: ['work'] },
      })
      expect(new Date(head!.updatedAt).toISOString()).toBe(head!.updatedAt)
      expect(await registry.heads('agents')).toContainEqual(head)

      const [summary] = await registry.history('agents', id)
      expect(summary).toMatchObject({
        version: 1,
        declaredVersion: '1.2.0',
        commit: commitAt(1),
        origin: 'publish',
        actor: 'test@example.com',
        reason: 'first',
        releaseId: result.releaseId,
      })
      expect(await registry.revision('agents', id, 1)).toEqual({
        ...summary,
        manifest: expect.objectContaining({ agentId: id, version: '1.2.0' }),
        texts: { 'agent.json': packed.item.files[0]!.text, 'prompts/system.md': 'You write.\n' },
        files: packed.item.files.map(({ path, size, sha256 }) => ({ path, size, sha256 })),
        bundle: packed.item.bundle,
      })

      const release = await registry.release(result.releaseId!)
      expect(release).toMatchObject({ id: result.releaseId, origin: 'publish', outcomes: result.outcomes })
      expect((await registry.releases(5))[0]).toEqual(release)
      const page = await registry.events(result.seq - 1, 10)
      expect(page.cursor).toBe(result.seq)
      expect(page.events).toMatchObject([
        { seq: result.seq, type: 'agent.added', kind: 'agents', id, version: 1, releaseId: result.releaseId },
      ])
      expect(await registry.bundles('agents')).toContainEqual({
        ...packed.item.bundle,
        id,
        version: 1,
        digest: packed.item.digest,
      })
      expect(sha256(await registry.download(packed.item.bundle.path))).toBe(packed.item.bundle.sha256)
    })

    test('the registry answers for missing definitions', async () => {
      expect(await registry.head('agents', 'no-such-agent')).toBeUndefined()
      expect(await registry.history('agents', 'no-such-agent')).toEqual([])
      expect(await registry.revision('agents', 'no-such-agent', 1)).toBeUndefined()
      expect(await registry.revisions([{ kind: 'agents', id: 'no-such-agent', version: 1 }])).toEqual([])
      expect(await registry.revisions([])).toEqual([])
      expect(await registry.heads('no-such-kind', 'nor-this-kind')).toEqual([])
      expect(await registry.heads()).toEqual([])
      expect(await registry.release('ffffffff')).toBeUndefined()
      expect(await registry.release("x',or=(")).toBeUndefined()
      await expect(registry.download('agents/no/such.tar.gz')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    })

    test('the registry repeats the answer of a key, and refuses the key for another publish', async () => {
      const id = writer()
      const key = randomUUID()
      const packed = packAgent(id, 'Once.\n')
      const first = resultOf(await publish(registry, [packed], { key }))
      const again = resultOf(await publish(registry, [packed], { key }))
      expect(again).toEqual({ ...first, replayed: true })
      const other = await publish(registry, [packAgent(id, 'Twice.\n')], { key })
      expect(other).toMatchObject({ ok: false, error: { code: 'IDEMPOTENCY_MISMATCH' } })
      expect(await registry.history('agents', id)).toHaveLength(1)
    })

    test('the registry refuses a publish whose plan saw an older head, and names the newer one', async () => {
      const id = writer()
      resultOf(await publish(registry, [packAgent(id, 'A.\n')]))
      const late = await publish(registry, [packAgent(id, 'B.\n')], { commit: commitAt(2) })
      expect(late).toMatchObject({
        ok: false,
        error: { code: 'CONFLICT', detail: { definitions: [{ kind: 'agents', id, version: 1 }] } },
      })
    })

    test('the registry refuses a commit whose bundle was never uploaded, and stays unchanged', async () => {
      const { item } = packAgent(writer(), 'No bundle.\n')
      const key = randomUUID()
      await registry.sync('agents', { action: 'stage', key, part: 0, items: [item] })
      const refused = await publish(withoutUpload(registry), [{ item, archive: new Uint8Array() }], { key })
      expect(refused).toMatchObject({
        ok: false,
        error: { code: 'REFUSED', detail: { rule: 'NOFX_BUNDLE_MISSING' } },
      })
      expect(await registry.head('agents', item.id)).toBeUndefined()
    })

    test('a rollback restores an earlier version, holds the bad content and undoes nothing else', async () => {
      const id = writer()
      const good = packAgent(id, 'Good.\n')
      const bad = packAgent(id, 'Bad.\n', {}, 1)
      resultOf(await publish(registry, [good]))
      resultOf(await publish(registry, [bad], { commit: commitAt(2) }))
      const request = {
        action: 'rollback',
        key: randomUUID(),
        actor: 'test@example.com',
        reason: 'bad advice',
        target: { kind: 'agents', id, toVersion: 1, expectedVersion: 2 },
      } as const
      const dry = resultOf(await registry.sync('agents', { ...request, key: randomUUID(), dryRun: true }))
      expect(dry).toMatchObject({
        releaseId: null,
        dryRun: true,
        outcomes: [{ outcome: 'rolled-back', version: 3 }],
      })
      expect(await registry.head('agents', id)).toMatchObject({ version: 2 })
      resultOf(await registry.sync('agents', request))
      expect(await registry.head('agents', id)).toMatchObject({
        version: 3,
        digest: good.item.digest,
        hold: [{ digest: bad.item.digest, version: 2, reason: 'bad advice', by: 'test@example.com' }],
      })
      const again = packAgent(id, 'Bad.\n', {}, 3)
      const held = resultOf(await publish(registry, [again], { commit: commitAt(3) }))
      expect(held.outcomes).toMatchObject([{ id, outcome: 'held', version: 3 }])
    })

    test('a removal can be undone', async () => {
      const id = writer()
      const packed = packAgent(id, 'Here.\n')
      resultOf(await publish(registry, [packed]))
      const removals = [{ kind: 'agents', id, expectedVersion: 1 }]
      resultOf(await publish(registry, [], { removals, commit: commitAt(2) }))
      expect(await registry.head('agents', id)).toMatchObject({ state: 'removed', latestVersion: 2 })
      const undelete = { action: 'undelete', key: randomUUID(), actor: 'a@b.c', kind: 'agents', id } as const
      expect(resultOf(await registry.sync('agents', undelete)).outcomes).toMatchObject([
        { outcome: 'restored' },
      ])
      const names = [1, 2, 3, 4].map((version) => ({ kind: 'agents', id, version }))
      expect((await registry.revisions(names)).map(({ version }) => version).sort()).toEqual([1, 2, 3])
      expect((await registry.revisions(names.slice(2)))[0]).toMatchObject({
        version: 3,
        digest: packed.item.digest,
      })
      expect((await registry.history('agents', id)).map(({ version, origin }) => [version, origin])).toEqual([
        [3, 'undelete'],
        [2, 'remove'],
        [1, 'publish'],
      ])
    })

    test('a release is found by the start of its id or of its commit, and an ambiguous start is refused', async () => {
      const sha = randomUUID().replaceAll('-', '').padEnd(39, '0')
      const commits = [`${sha}a`, `${sha}b`].map((one) => ({ ...commitAt(9), sha: one }))
      const ids: string[] = []
      for (const commit of commits) {
        const { releaseId } = resultOf(await publish(registry, [packAgent(writer(), 'R.\n')], { commit }))
        ids.push(releaseId!)
      }
      expect((await registry.release(ids[0]!.slice(0, 20)))?.id).toBe(ids[0])
      expect((await registry.release(`${sha}b`))?.id).toBe(ids[1])
      await expect(registry.release(sha)).rejects.toMatchObject({
        code: 'NOT_FOUND',
        hint: 'give more of it',
      })
    })

    test('a cursor of another registry is refused with the current cursor', async () => {
      const { cursor: seq } = await registry.events('now', 1)
      await expect(registry.events(seq + 1, 1)).rejects.toMatchObject({
        code: 'CURSOR_GONE',
        exit: 4,
        hint: `read everything again, then continue from the cursor ${seq}`,
        detail: { floor: 0, seq },
      })
    })

    test('every list can be read past a thousand rows', { timeout: 240_000 }, async () => {
      // Removing needs no upload, so this many agents make twice as many revisions and events.
      const count = 520
      const prefix = `many-${randomUUID().slice(0, 6)}`
      const packed = Array.from({ length: count }, (_, at) => packAgent(`${prefix}-${at}`, 'Many.\n'))
      const { cursor: before } = await registry.events('now', 1)
      const fill = opened?.fill ?? registry.upload
      await Promise.all(packed.map(({ item, archive }) => fill(item.bundle, archive)))
      resultOf(await publish(withoutUpload(registry), packed))
      const ids = packed.map(({ item }) => item.id)
      const names = ids.slice(0, 130).map((id) => ({ kind: 'agents', id, version: 1 }))
      const some = await registry.revisions(names)
      expect(some.map((revision) => revision.id).sort()).toEqual(ids.slice(0, 130).sort())
      const removals = ids.map((id) => ({ kind: 'agents', id, expectedVersion: 1 }))
      resultOf(await publish(registry, [], { removals, commit: commitAt(2) }))
      const heads = (await registry.heads('agents')).filter((head) => head.id.startsWith(prefix))
      expect(heads.map((head) => head.id)).toEqual([...ids].sort())
      const bundles = (await registry.bundles('agents')).filter((bundle) => bundle.id.startsWith(prefix))
      expect(new Set(bundles.map((bundle) => `${bundle.id} ${bundle.version}`)).size).toBe(2 * count)
      expect(bundles).toHaveLength(2 * count)
      const first = await registry.events(before, 100_000)
      const second = await registry.events(first.cursor, 1000)
      expect([...first.events, ...second.events].map((event) => event.seq)).toEqual(
        Array.from({ length: 2 * count }, (_, at) => before + 1 + at),
      )
      expect([first.cursor, second.cursor]).toEqual([before + 1000, before + 2 * count])
      expect(await registry.stored(packed.map(({ item }) => item.bundle))).toHaveLength(count)
    })

    describe('the storage of the registry', () => {
      const bundle = (path: string, archive: Uint8Array) => ({
        path,
        size: archive.length,
        sha256: sha256(archive),
      })
      const path = () => `agents/stored/${sha256(randomUUID())}.tar.gz`

      test('the registry reports stored bundles with their sizes', async () => {
        const there = bundle(path(), Buffer.from('there'))
        await registry.upload(there, Buffer.from('there'))
        const longer = { ...there, size: 6 }
        const missing = bundle(path(), Buffer.from('missing'))
        expect(await registry.stored([there, missing])).toEqual(new Set([there.path]))
        expect(await registry.stored([longer])).toEqual(new Set())
        expect(await registry.stored([])).toEqual(new Set())
      })

      test('the registry reports the sizes of many objects that have bytes', async () => {
        const keys = Array.from({ length: 70 }, path)
        const archives = keys.map((_key, at) => Buffer.alloc(at + 1, 'x'))
        await Promise.all(
          keys.slice(1).map((key, at) => registry.upload(bundle(key, archives[at]!), archives[at]!)),
        )
        const sizes = keys.slice(1).map((key, at) => [key, at + 1] as const)
        expect(await registry.readSizes(keys)).toEqual({ sizes: new Map(sizes), fromList: 0 })
        expect(await registry.readSizes([])).toEqual({ sizes: new Map(), fromList: 0 })
      })

      test('an upload replaces an object without revisions, and keeps equal bytes', async () => {
        const key = path()
        await registry.upload(bundle(key, Buffer.from('half')), Buffer.from('half'))
        await registry.upload(bundle(key, Buffer.from('whole')), Buffer.from('whole'))
        await registry.upload(bundle(key, Buffer.from('whole')), Buffer.from('whole'))
        expect(Buffer.from(await registry.download(key)).toString()).toBe('whole')
      })

      test('an upload never replaces an object that a revision refers to', async () => {
        const packed = packAgent(writer(), 'Mine.\n')
        resultOf(await publish(registry, [packed]))
        const { path } = packed.item.bundle
        await expect(
          registry.upload(bundle(path, Buffer.from('x')), Buffer.from('x')),
        ).resolves.toBeUndefined()
        expect(sha256(await registry.download(path))).toBe(packed.item.bundle.sha256)
      })

      test('an upload may have 20 MB', async () => {
        const archive = Buffer.alloc(20 * 1024 * 1024, 7)
        const big = bundle(path(), archive)
        await registry.upload(big, archive)
        expect(sha256(await registry.download(big.path))).toBe(big.sha256)
      })
    })

    test('a call for an unknown kind is refused', async () => {
      const { item } = packAgent(writer(), 'x')
      const answer = await registry.sync('spells', {
        action: 'stage',
        key: randomUUID(),
        part: 0,
        items: [item],
      })
      expect(answer).toMatchObject({ ok: false, error: { code: 'REFUSED' } })
    })

    test('the registry throws failures alone, and never with a key in them', async () => {
      const error = await registry.download('agents/none.tar.gz').catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(Failure)
      expect(JSON.stringify(error)).not.toMatch(/sb_secret_\w/)
    })
  })
}

function withoutUpload(registry: Registry): Registry {
  return { ...registry, upload: async () => {} }
}
