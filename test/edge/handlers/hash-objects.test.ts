import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHosted } from '../../../src/cloud/hosted/open-hosted.ts'
import { contentHash, sha256 } from '../../../src/contract/digest.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { commitAt, type Packed, packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import { type Project, serveProject } from '../support/functions-under-test.ts'

let project: Project
let registry: Registry
beforeAll(async () => {
  project = await serveProject()
  const { url, cloud } = project
  registry = openHosted({ url, secretKey: cloud.keys.secret, retry: { attempts: 2, firstPauseMs: 1 } })
})
afterAll(() => project?.close())

const fresh = () => packAgent(`a-${randomUUID()}`, 'You are careful.\n')
const bucket = () => project.cloud.client.storage.from('registry')
/** Stores other bytes of the same size, as a publisher may. */
const squat = async ({ item, archive }: Packed) => {
  const body = Buffer.alloc(archive.length, '<')
  const { error } = await bucket().upload(item.bundle.path, body, { contentType: 'application/gzip' })
  expect(error).toBeNull()
}
const storedHash = async ({ item }: Packed) => sha256(await registry.download(item.bundle.path))
const stage = (packed: Packed, key: string) =>
  registry.sync('agents', { action: 'stage', key, part: 0, items: [packed.item] })
const commit = ({ item }: Packed, key: string) =>
  registry.sync('agents', {
    action: 'commit',
    key,
    actor: 'test@example.com',
    commit: commitAt(1),
    parts: 1,
    content: contentHash([{ kind: 'agents', ...item }]),
    removals: [],
  })
const changed = (code: string) => ({ ok: false, error: { code, detail: { rule: 'NOFX_BUNDLE_CHANGED' } } })

test('a bundle with other bytes does not go live; the next publish uploads the right ones', async () => {
  const packed = fresh()
  await squat(packed)
  // A plan asks which bundles are stored, and uploads nothing.
  expect(await registry.stored([packed.item.bundle])).toEqual(new Set([packed.item.bundle.path]))
  expect(await stage(packed, randomUUID())).toMatchObject(changed('REFUSED'))
  expect(await registry.head('agents', packed.item.id)).toBeUndefined()
  expect(await registry.stored([packed.item.bundle])).toEqual(new Set())
  resultOf(await publish(registry, [packed]))
  expect(await storedHash(packed)).toBe(packed.item.bundle.sha256)
})

test('a bundle that is replaced between check and commit does not go live', async () => {
  const packed = fresh()
  const key = randomUUID()
  await registry.upload(packed.item.bundle, packed.archive)
  expect(await stage(packed, key)).toMatchObject({ ok: true })
  await bucket().remove([packed.item.bundle.path])
  await squat(packed)
  expect(await commit(packed, key)).toMatchObject(changed('CONFLICT'))
  expect(await registry.head('agents', packed.item.id)).toBeUndefined()
})

test('a bundle that is stored only after the check does not go live', async () => {
  const packed = fresh()
  const key = randomUUID()
  expect(await stage(packed, key)).toMatchObject({ ok: true })
  await squat(packed)
  expect(await commit(packed, key)).toMatchObject(changed('CONFLICT'))
  expect(await registry.head('agents', packed.item.id)).toBeUndefined()
})

test('a live bundle with other bytes is reported as damage: it is not removed, and the hint names the repair', async () => {
  const packed = fresh()
  resultOf(await publish(registry, [packed]))
  await bucket().remove([packed.item.bundle.path])
  await squat(packed)
  const answer = await stage(packed, randomUUID())
  expect(answer).toMatchObject(changed('REFUSED'))
  expect(answer).toMatchObject({ error: { hint: 'nofx registry verify --repair' } })
  expect(await storedHash(packed)).not.toBe(packed.item.bundle.sha256)
})
