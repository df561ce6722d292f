import type { SupabaseClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ApiUnderTest, openApiUnderTest } from './support/api-under-test.ts'
import { publishVersions } from './support/writing.ts'

let api: ApiUnderTest
let path: string
let clients: Record<string, SupabaseClient>
beforeAll(async () => {
  api = await openApiUnderTest()
  const id = await publishVersions(api, 'draft')
  const bundles = await api.ports.registry.bundles('agents')
  path = bundles.find((bundle) => bundle.id === id)!.path
  const { reader, service } = api.ports
  clients = {
    anon: reader(),
    user: reader((await api.token({ role: 'reader' })).authorization),
    publisher: reader((await api.token()).authorization),
    service,
  }
})
afterAll(() => api?.close())

test.each([
  ['anon', false, false],
  ['user', false, false],
  ['publisher', true, false],
  ['service', true, true],
])('%s may read bundles in storage: %j, and write them: %j', async (name, reads, writes) => {
  const bucket = clients[name]!.storage.from('registry')
  expect(Boolean((await bucket.download(path)).data)).toBe(reads)
  expect(Boolean((await bucket.createSignedUrl(path, 60)).data?.signedUrl)).toBe(reads)
  expect((await bucket.list(path.slice(0, path.lastIndexOf('/')))).data?.length ?? 0).toBe(reads ? 1 : 0)

  const contentType = 'application/gzip'
  expect(Boolean((await bucket.upload(`agents/${name}`, 'x', { contentType })).data)).toBe(writes)
  expect(Boolean((await bucket.upload(path, 'x', { contentType, upsert: true })).data)).toBe(writes)
  const page = await bucket.upload(`agents/${name}-page`, '<p>', { contentType: 'text/html' })
  expect(page.data).toBeNull()
  expect((await bucket.remove([path])).data?.length ?? 0).toBe(writes ? 1 : 0)
})
