import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { StageRows } from '../../../../src/cloud/embedded/database/stage-rows.ts'
import { createEmbeddedRegistry } from '../../../../src/cloud/embedded/open-embedded.ts'
import type { FindStored } from '../../../../src/cloud/embedded/storage/find-stored.ts'
import type { StoreObjects } from '../../../../src/cloud/embedded/storage/store-objects.ts'
import { agents } from '../../../../src/plugins/agents/kind.ts'
import { openPgliteCloud, openServerCloud, type TestCloud } from '../../../harness/test-cloud.ts'
import { packAgent } from '../../support/definitions.ts'

const GZIP = 'application/gzip'
const ENGINES = [
  ['PGlite', openPgliteCloud],
  ['PostgreSQL', openServerCloud],
] as const
let opened: TestCloud
let store: StoreObjects

/** Opens the cloud that the tests of a group use. */
function beginWith(open: () => Promise<TestCloud>): void {
  beforeAll(async () => {
    opened = await open()
    store = opened.cloud.storeObjects
  })
  afterAll(() => opened.close())
  beforeEach(async () => {
    await opened.query("update storage.buckets set file_size_limit = null where id = 'registry'")
    await opened.query('grant insert on storage.objects to service_role')
  })
}

const bytesOf = (text: string) => Buffer.from(text)
const object = (name: string, { text = name, contentType = GZIP } = {}) => ({
  name,
  bytes: bytesOf(text),
  contentType,
  cacheControl: 'max-age=31536000',
})
const bucket = () => opened.cloud.client.storage.from('registry')
/** Whether storage has bytes under a name: in a file, or in a row. */
const hasBytes = async (name: string, under = 'registry') => {
  if (existsSync(join(opened.root, '.nofx/storage', under, name))) return true
  const [table] = await opened.query<{ oid: unknown }>("select to_regclass('nofx_storage.bytes') as oid")
  if (!table?.oid) return false
  const rows = `select from nofx_storage.bytes where bucket = '${under}' and key = '${name}'`
  return (await opened.query(rows)).length > 0
}
const rowsOf = (prefix: string) =>
  opened.query<Record<string, unknown>>(
    `select * from storage.objects where name like '${prefix}%' order by name`,
  )

describe.each(ENGINES)('many objects in one transaction of %s', (engine, open) => {
  beginWith(open)

  test('have the rows and the bytes of objects that the client of storage sends one by one', async () => {
    const names = ['a', 'b'].map((end) => `same/${end}.tar.gz`)
    await store('registry', [object('same/a.tar.gz', { text: 'same' })])
    // lite stores what may replace another object.
    const options = { contentType: GZIP, cacheControl: '31536000', upsert: true }
    expect((await bucket().upload('same/b.tar.gz', bytesOf('same'), options)).error).toBeNull()
    const own = (row: Record<string, unknown>) => {
      const { lastModified, ...metadata } = row.metadata as Record<string, unknown>
      // Files have a time of their own.
      if (engine === 'PGlite') expect(Date.parse(String(lastModified))).toBeGreaterThan(0)
      else expect(lastModified).toBeUndefined()
      const { id, version, created_at, updated_at, last_accessed_at, name, path_tokens, ...rest } = row
      for (const time of [created_at, updated_at, last_accessed_at])
        expect(Date.parse(String(time))).toBeGreaterThan(0)
      return { ...rest, metadata, kinds: [typeof id, typeof version] }
    }
    const [stored, sent] = await rowsOf('same/')
    expect(own(stored!)).toEqual(own(sent!))
    expect([stored, sent].map((row) => row?.path_tokens)).toEqual(names.map((name) => name.split('/')))
    for (const name of names)
      expect(Buffer.from(await (await bucket().download(name)).data!.arrayBuffer())).toEqual(bytesOf('same'))
  })

  test('leave out what storage refuses: another type, too large, stored before', async () => {
    await opened.query("update storage.buckets set file_size_limit = 20 where id = 'registry'")
    await store('registry', [object('left/old', { text: 'first' })])
    const stored = await store('registry', [
      object('left/old', { text: 'second' }),
      object('left/html', { contentType: 'text/html' }),
      object('left/large', { text: 'x'.repeat(21) }),
      object('left/exact', { text: 'x'.repeat(20) }),
    ])
    expect([...stored.keys()]).toEqual(['left/exact'])
    expect((await rowsOf('left/')).map(({ name }) => name)).toEqual(['left/exact', 'left/old'])
    expect(await (await bucket().download('left/old')).data?.text()).toBe('first')
    for (const name of ['left/html', 'left/large']) expect(await hasBytes(name), name).toBe(false)
    expect([...(await store('other', [object('left/none')]))]).toEqual([])
    expect(await hasBytes('left/none', 'other')).toBe(false)
  })

  test.each(['../../keys.json', 'x..y', 'a//b', '.hidden', 'a/../b', '/a', ''])(
    'store the key %j only if storage takes it when it is sent alone',
    async (name) => {
      const stored = await store('registry', [object(`key/${name}`), object(name)]).catch(() => new Map())
      const options = { contentType: GZIP, upsert: true }
      const alone = await bucket().upload(name, bytesOf(name), options)
      // One that the batch has stored is a duplicate.
      const isTaken = !alone.error || /exists/.test(alone.error.message)
      if (stored.has(name)) expect(isTaken).toBe(true)
      if (!isTaken)
        expect(await opened.query(`select from storage.objects where name = '${name}'`)).toEqual([])
      await opened.query(`delete from storage.objects where name like 'key/%' or name = '${name}'`)
    },
  )

  test('need the right of the secret key to insert, and leave no row without it', async () => {
    await opened.query('revoke insert on storage.objects from service_role')
    await expect(store('registry', [object('denied/a'), object('denied/b')])).rejects.toThrow(/permission/)
    expect(await rowsOf('denied/')).toEqual([])
    await opened.query('grant insert on storage.objects to service_role')
    expect((await store('registry', [object('denied/a'), object('denied/b')])).size).toBe(2)
  })

  test('of two callers at once are stored by one of them each, whatever the order of their names', async () => {
    const names = Array.from({ length: 40 }, (_none, at) => `race/${at}`)
    const stored = await Promise.all(
      [names, [...names].reverse(), [...names].reverse()].map((mine, caller) =>
        store(
          'registry',
          mine.map((name) => object(name, { text: `${caller} ${name}` })),
        ),
      ),
    )
    expect(stored.flatMap((one) => [...one.keys()]).sort()).toEqual([...names].sort())
    for (const [caller, mine] of stored.entries())
      for (const name of [...mine.keys()].slice(0, 3))
        expect(await (await bucket().download(name)).data?.text()).toBe(`${caller} ${name}`)
  })
})

describe.each(ENGINES)('uploads of a registry on %s', (_engine, open) => {
  beginWith(open)
  const sizes: number[] = []
  const registry = () =>
    createEmbeddedRegistry(
      {
        ...opened.cloud,
        storeObjects: (name, objects) => {
          sizes.push(objects.length)
          return store(name, objects)
        },
      },
      [agents],
      'embedded .nofx',
    )
  const bundle = (text: string, path = `agents/${text}/x.tar.gz`) => {
    const archive = bytesOf(text)
    const sha256 = createHash('sha256').update(archive).digest('hex')
    return { ref: { path, sha256, size: archive.length }, archive }
  }

  test('definitions are staged alike, and refused alike, by one transaction and by a request', async () => {
    const { item } = packAgent('greeter', 'Grüße, 語 and 😀: "quoted\\".\n')
    const staged: string[] = []
    const ways: Record<string, StageRows> = {
      'one transaction': async (args) => {
        await opened.cloud.stageRows(args)
        staged.push(String(args.p_key))
      },
      'a request': async () => {
        throw new Error('not here')
      },
    }
    const stage = () =>
      Promise.all(
        Object.entries(ways).map(([key, stageRows]) =>
          createEmbeddedRegistry({ ...opened.cloud, stageRows }, [agents], 'embedded .nofx').sync('agents', {
            action: 'stage',
            key,
            part: 3,
            items: [item],
          }),
        ),
      )
    expect(await stage()).toEqual(Array(2).fill({ ok: true, staged: 1 }))
    expect(staged).toEqual(['one transaction'])
    const rows = await opened.query<{ row: object }>(
      "select to_jsonb(s) - 'key' - 'created_at' as row from public.registry_staged s",
    )
    expect(rows).toEqual(Array(2).fill({ row: expect.objectContaining({ id: 'greeter', part: 3 }) }))
    expect(rows[0]).toEqual(rows[1])
    const execute = 'execute on function public.registry_stage(text, text, text, integer, jsonb, text)'
    await opened.query(`revoke ${execute} from service_role`)
    const [one, other] = await stage().finally(() => opened.query(`grant ${execute} to service_role`))
    expect(one).toMatchObject({ ok: false, error: { code: 'REMOTE_FAILED' } })
    expect(one).toEqual(other)
  })

  test('that begin together are stored together, also in a preview, and each answers for itself', async () => {
    const { upload, inPreview } = registry()
    const bundles = Array.from({ length: 20 }, (_, at) => bundle(`together-${at}`))
    await Promise.all(bundles.map(({ ref, archive }) => upload(ref, archive)))
    expect(sizes.splice(0)).toEqual([20])
    expect(await rowsOf('agents/together-')).toHaveLength(20)
    // Of the next ones, one is stored already, one replaces a leftover with other bytes, and one has no valid key.
    const replaced = bundle('other bytes', 'agents/together-1/x.tar.gz')
    const next = [bundle('together-0'), replaced, bundle('x', 'agents/a..b'), bundle('new')]
    const answers = await Promise.allSettled(next.map(({ ref, archive }) => upload(ref, archive)))
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(answers[2]).toMatchObject({ reason: { code: 'REMOTE_FAILED' } })
    expect(await (await bucket().download(replaced.ref.path)).data?.text()).toBe('other bytes')
    const [one, two] = [bundle('preview-1'), bundle('preview-2')]
    const preview = inPreview('feature')
    sizes.splice(0)
    await Promise.all([preview.upload(one.ref, one.archive), preview.upload(two.ref, two.archive)])
    expect(sizes.splice(0)).toEqual([2])
    expect(await rowsOf('agents/new/')).toHaveLength(1)
  })

  test('are left out alike, as stored already, by one statement and by a request', async () => {
    const bundles = ['stored', 'other-size', 'missing'].map((text) => bundle(text))
    const [one, other, missing] = bundles.map(({ ref }) => ref)
    for (const { ref, archive } of bundles.slice(0, 2)) await registry().upload(ref, archive)
    const asked = [one!, { ...other!, size: other!.size + 1 }, missing!, one!]
    let direct = 0
    const findStored: FindStored = async (all) => {
      direct++
      return opened.cloud.findStored(all)
    }
    const fails: FindStored = async () => {
      throw new Error('not here')
    }
    const storedBy = (find: FindStored) =>
      createEmbeddedRegistry({ ...opened.cloud, findStored: find }, [agents], 'embedded .nofx')
    for (const refs of [asked, []])
      expect(await storedBy(findStored).stored(refs)).toEqual(await storedBy(fails).stored(refs))
    expect(await storedBy(findStored).stored(asked)).toEqual(new Set([one!.path]))
    expect(direct).toBe(3)
    // A preview has objects of its own.
    expect(await storedBy(findStored).inPreview('feature').stored([])).toEqual(new Set())
    expect(direct).toBe(3)
  })

  test('name the failure of their cloud', async () => {
    const { upload } = registry()
    await opened.query('revoke insert on storage.objects from service_role')
    const { ref, archive } = bundle('denied')
    await expect(upload(ref, archive)).rejects.toMatchObject({ name: 'Failure', code: /^REMOTE_/ })
  })
})
