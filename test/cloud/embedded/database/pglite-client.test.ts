import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PgliteClient, takePglite } from '../../../../src/cloud/embedded/database/pglite-client.ts'
import { placeEmbedded } from '../../../harness/embedded-template.ts'
import fc from '../../../harness/fast-check.ts'
import { buildScript, runScript } from '../../support/node-script.ts'
import { temporaryFolder, temporaryRoot } from '../../support/temporary-folder.ts'

const { path: root, remove } = temporaryRoot()
let client: PgliteClient

beforeAll(async () => {
  await placeEmbedded(root)
  client = new PgliteClient()
  await client.open(join(root, '.nofx/db'))
})

afterAll(async () => {
  await client.close()
  await client.end()
  remove()
})

const only = async (sql: string, values: readonly unknown[] = []) =>
  (await client.query<Record<string, unknown>>(sql, values)).rows[0]

test.each<[string, unknown]>([
  ['1::int', 1],
  ['9007199254740991::bigint', 9007199254740991],
  ['9007199254740993::bigint', 9007199254740993n],
  ["'9007199254740993'::jsonb", 9007199254740992],
  ['1.5::numeric', 1.5],
  ['1.50::numeric', '1.50'],
  ["'NaN'::numeric", 'NaN'],
  ['true', true],
  ["'2026-01-02'::date", '2026-01-02'],
  ["'2026-01-02 03:04:05.678901+00'::timestamptz", '2026-01-02 03:04:05.678901+00'],
  ["'03:04:05'::time", '03:04:05'],
  ["'\\x00ff'::bytea", new Uint8Array([0, 255])],
  ['array[1, 2, 3]', [1, 2, 3]],
  ["array['a,b', '{\"']", ['a,b', '{"']],
  ['\'{"a": [1, "ü", null]}\'::jsonb', { a: [1, 'ü', null] }],
  ['\'{"a": 1}\'::json', { a: 1 }],
  ["'null'::jsonb", null],
  ['\'"null"\'::jsonb', 'null'],
  ['null::jsonb', null],
  ['array[\'{"a": "1"}\', \'"2"\']::jsonb[]', [{ a: '1' }, '2']],
  ['\'{"a": 1}\'::text', '{"a": 1}'],
])('the thread answers %s as a value of JavaScript', async (sql, value) => {
  expect(await only(`select ${sql} as value`)).toEqual({ value })
})

test('values reach PostgreSQL as they are, whatever their JSON and texts contain', async () => {
  const text = fc.string({ unit: 'binary' }).map((all) => all.replaceAll('\0', '').toWellFormed())
  const json = fc
    .jsonValue({ stringUnit: 'grapheme' })
    .filter((value) => !JSON.stringify(value).includes('\\u0000'))
  await fc.assert(
    fc.asyncProperty(json, text, fc.uint8Array(), fc.boolean(), async (value, words, bytes, flag) => {
      const row = await only(
        'select $1::jsonb as json, $2::text as words, $3::bytea as bytes, $4::boolean as flag',
        [JSON.stringify(value), words, bytes, flag ? 't' : 'f'],
      )
      expect(row).toEqual({ json: JSON.parse(JSON.stringify(value)), words, bytes, flag })
    }),
    { numRuns: 50 },
  )
})

test('of two columns with one name, a row has the last, also if one of them is JSON', async () => {
  expect(await only(`select '{}'::jsonb as a, 1 as a`)).toEqual({ a: 1 })
  expect(await only(`select 1 as a, '{}'::jsonb as a`)).toEqual({ a: {} })
  expect(await only(`select '"x"'::jsonb as a, '{"y": 2}'::jsonb as a`)).toEqual({ a: { y: 2 } })
})

test('an error of PostgreSQL comes with its code and what it says', async () => {
  await expect(client.query('select * from missing_table')).rejects.toMatchObject({
    message: 'relation "missing_table" does not exist',
    code: '42P01',
    severity: 'ERROR',
    position: '15',
  })
  await expect(client.exec('select 1; select 1 / 0')).rejects.toMatchObject({ code: '22012' })
  expect(await only('select 1 as one')).toEqual({ one: 1 })
})

test('other statements wait for a transaction, and one that fails leaves nothing behind', async () => {
  await client.exec('create table public.in_turn (id int)')
  const failed = client.transaction(async ({ query }) => {
    await query('insert into public.in_turn values (1)')
    await new Promise((later) => setTimeout(later, 20))
    await query('select 1 / 0')
  })
  const count = only('select count(*) as rows from public.in_turn')
  await expect(failed).rejects.toMatchObject({ code: '22012' })
  expect(await count).toEqual({ rows: 0 })
  const done = client.transaction(({ query }) => query('insert into public.in_turn values (2) returning id'))
  expect((await done).rows).toEqual([{ id: 2 }])
  expect(await only('select id from public.in_turn')).toEqual({ id: 2 })
})

test('notifications reach those who listen, until they stop', async () => {
  const payloads: string[] = []
  const stop = await client.listen('changes', (payload) => payloads.push(payload))
  const stopOther = await client.listen('others', (payload) => payloads.push(`other ${payload}`))
  await client.exec("notify changes, 'one'; notify others, 'two'")
  await expect.poll(() => payloads).toEqual(['one', 'other two'])
  await stop()
  await client.exec("notify changes, 'three'; notify others, 'four'")
  await expect.poll(() => payloads).toEqual(['one', 'other two', 'other four'])
  await stopOther()
})

test('when the thread ends, what waits for it fails, and everything after it', async () => {
  const other = new PgliteClient()
  const waiting = [other.query('select 1'), other.exec('select 1'), other.transaction(async () => {})]
  const failures = Promise.allSettled(waiting)
  await other.end()
  for (const result of await failures)
    expect(result).toMatchObject({
      status: 'rejected',
      reason: { message: 'the thread of PGlite has ended' },
    })
  await expect(other.query('select 1')).rejects.toThrow('the thread of PGlite has ended')
})

test('a thread rests after its database is closed, and the next one has nothing of the last; one that ended is not taken', async () => {
  const [one, two] = [temporaryFolder(), temporaryFolder()]
  const first = takePglite()
  const heard: string[] = []
  for (const [folder, rows] of [
    [one, ['a']],
    [two, []],
  ] as const) {
    await placeEmbedded(folder)
    const now = takePglite()
    await now.open(join(folder, '.nofx/db'))
    const { rows: before } = await now.query("select to_regclass('public.mine')::text as name")
    expect(before).toEqual([{ name: null }])
    if (rows.length > 0) {
      await now.exec('create table public.mine (x int)')
      await now.listen('changes', (payload) => heard.push(payload))
    } else await now.exec("notify changes, 'x'")
    await now.release()
    const next = takePglite()
    expect(next).toBe(now)
    await next.open(join(folder, '.nofx/db'))
    await next.release()
  }
  expect(heard).toEqual([])
  // Two at once have a thread each, and only one of them rests.
  const [a, b] = [takePglite(), takePglite()]
  expect(a).not.toBe(b)
  await a.end()
  await first.end()
  await expect(b.release()).rejects.toThrow('PGlite is not open')
  const fresh = takePglite()
  expect([a, b, first]).not.toContain(fresh)
  await fresh.end()
})

test('a process that does not close its cloud ends all the same, after the answers that it waits for', async () => {
  const opener = buildScript(join(import.meta.dirname, '../support/opener.ts'))
  const folder = temporaryFolder()
  await placeEmbedded(folder)
  const { code, signal, stdout, stderr } = await runScript(opener, [folder, 'leave']).ended
  expect({ code, signal, stdout, stderr }).toEqual({
    code: 0,
    signal: null,
    stdout: 'open\nrows 0\n',
    stderr: '',
  })
})
