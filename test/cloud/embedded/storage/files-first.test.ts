import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPgliteCloud } from '../../../harness/test-cloud.ts'

test('statements on PGlite do not wait for the files of bundles', async () => {
  const { cloud, query, root, close } = await openPgliteCloud()
  const storage = cloud.app._storageAdapter!
  const { uploadObject } = storage
  // A transaction that waits for these files would keep this statement waiting, and the files wait for the statement.
  storage.uploadObject = async (...words) => {
    await query('select 1')
    return uploadObject(...words)
  }
  const names = ['wait/a', 'wait/b']
  const objects = names.map((name) => ({
    name,
    bytes: Buffer.from(name),
    contentType: 'application/gzip',
    cacheControl: '',
  }))
  expect([...(await cloud.storeObjects('registry', objects)).keys()].sort()).toEqual(names)
  for (const name of names) expect(existsSync(join(root, '.nofx/storage/registry', name))).toBe(true)
  await close()
})
