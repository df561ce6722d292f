import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openHosted } from '../../../src/cloud/hosted/open-hosted.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { type Packed, packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import { FUNCTION, NO_CREDENTIALS, type Project, serveProject } from '../support/functions-under-test.ts'

let project: Project
let registry: Registry
beforeAll(async () => {
  project = await serveProject()
  registry = openHosted({ url: project.url, secretKey: project.cloud.keys.secret })
})
afterAll(() => project?.close())

const bucket = () => project.cloud.client.storage.from('registry')
const damage = async (path: string, size: number) => {
  const options = { contentType: 'application/gzip', upsert: true }
  expect((await bucket().upload(path, Buffer.alloc(size, '<'), options)).error).toBeNull()
}
const isStored = async (path: string) => (await bucket().download(path)).error === null
const remove = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${project.url}${FUNCTION}/damaged/${path}`, { method: 'DELETE', headers })
const asPublisher = () => ({ authorization: `Bearer ${project.publisher}` })
const fresh = (): Packed => packAgent(`a-${randomUUID()}`, 'You are careful.\n')

test('a bundle that revisions refer to is removed only when its bytes are not theirs', async () => {
  const packed = fresh()
  const { path, size } = packed.item.bundle
  resultOf(await publish(registry, [packed]))
  const refused = await remove(path, asPublisher())
  expect([refused.status, await refused.json()]).toMatchObject([
    409,
    { error: { message: `${path} is whole` } },
  ])
  expect(await isStored(path)).toBe(true)
  for (const bytes of [size, 10]) {
    await damage(path, bytes)
    const removed = await remove(path, asPublisher())
    expect([removed.status, await removed.json()]).toEqual([200, { removed: true }])
    expect(await isStored(path)).toBe(false)
  }
})

test('a bundle that no revision refers to is removed, and a missing one is answered', async () => {
  const { path } = fresh().item.bundle
  await damage(path, 10)
  expect(await (await remove(path, asPublisher())).json()).toEqual({ removed: true })
  expect(await isStored(path)).toBe(false)
  expect(await (await remove(path, asPublisher())).json()).toEqual({ removed: false })
})

test('a removal needs the right to publish', async () => {
  const { path } = fresh().item.bundle
  await damage(path, 10)
  const refused = await remove(path, { apikey: project.cloud.keys.publishable })
  expect([refused.status, await refused.json()]).toEqual([401, NO_CREDENTIALS])
  expect(await isStored(path)).toBe(true)
})

test.each(['GET', 'HEAD', 'POST', 'PUT'])('%s does nothing there', async (method) => {
  const { path } = fresh().item.bundle
  await damage(path, 10)
  const answer = await fetch(`${project.url}${FUNCTION}/damaged/${path}`, { method, headers: asPublisher() })
  expect(answer.status).toBe(404)
  expect(await isStored(path)).toBe(true)
})

test.each(['reports/x.json.gz', 'templates/a/b.tar.gz', '../registry/agents', 'agents/a/latest.tar.gz'])(
  'another object than a bundle of its kind is not removed: %s',
  async (path) => {
    expect((await remove(path, asPublisher())).ok).toBe(false)
  },
)
