import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createEmbeddedRegistry } from '../../../../src/cloud/embedded/open-embedded.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import { openPgliteCloud, openServerCloud, type TestCloud } from '../../../harness/test-cloud.ts'

const ENGINES = [
  ['PGlite', openPgliteCloud],
  ['PostgreSQL', openServerCloud],
] as const
const NAME = 'agents/read/one.tar.gz'
const BYTES = Buffer.from([0x1f, 0x8b, 0, 255, 39, 92])

describe.each(ENGINES)('an object on %s', (engine, open) => {
  let opened: TestCloud
  let inFiles: boolean
  const bucket = () => opened.cloud.client.storage.from('registry')
  beforeAll(async () => {
    opened = await open()
    inFiles = engine === 'PGlite'
  })
  afterAll(() => opened.close())

  const file = () => join(opened.root, '.nofx/storage/registry', NAME)
  const replaceBytes = async (bytes: Buffer) => {
    if (inFiles) return writeFileSync(file(), bytes)
    const change = 'update nofx_storage.bytes set body = $1 where key = $2'
    await opened.query(change, [bytes, NAME])
  }
  const STATES: Record<string, () => unknown> = {
    'is whole': () => {},
    'has no row': () => opened.query(`delete from storage.objects where name = '${NAME}'`),
    'has no bytes': () =>
      inFiles ? rmSync(file()) : opened.query(`delete from nofx_storage.bytes where key = '${NAME}'`),
    'has other bytes': () => replaceBytes(Buffer.from('other')),
    'has more bytes': () => replaceBytes(Buffer.concat([BYTES, BYTES])),
  }

  test.each(Object.keys(STATES))(
    'that %s is read directly as the client of storage reads it',
    async (state) => {
      await bucket().remove([NAME])
      const options = { contentType: 'application/gzip', upsert: true }
      expect((await bucket().upload(NAME, BYTES, options)).error).toBeNull()
      await STATES[state]!()
      const { data } = await bucket().download(NAME)
      const direct = await opened.cloud.readObject('registry', NAME)
      expect(direct && [...direct]).toEqual(data ? [...new Uint8Array(await data.arrayBuffer())] : undefined)
      expect(await opened.cloud.readObject('other', NAME)).toBeUndefined()
      const { download } = createEmbeddedRegistry(opened.cloud, [agents], 'embedded')
      if (data) expect([...(await download(NAME))]).toEqual([...direct!])
      else await expect(download(NAME)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    },
  )

  test.each(['../../keys.json', '.hidden', 'a//b', ''])('with the key %j is missing', async (name) => {
    expect(await opened.cloud.readObject('registry', name)).toBeUndefined()
  })

  test('is read by a registry without the interface of storage, which is asked where that fails', async () => {
    const options = { contentType: 'application/gzip' }
    expect((await bucket().upload('agents/read/two.tar.gz', BYTES, options)).error).toBeNull()
    const asked: string[] = []
    const readObject = async (_bucket: string, name: string) => {
      asked.push(name)
      throw new Error('not here')
    }
    const from = (cloud: object) =>
      createEmbeddedRegistry({ ...opened.cloud, ...cloud }, [agents], 'embedded')
    const ways = [from({ readObject }), from({ client: { storage: { from: () => ({}) } } })]
    for (const { download } of ways)
      expect([...(await download('agents/read/two.tar.gz'))]).toEqual([...BYTES])
    expect(asked).toEqual(['agents/read/two.tar.gz'])
  })
})
