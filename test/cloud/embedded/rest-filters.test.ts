import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cloud, openCloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { placeEmbedded } from '../../harness/embedded-template.ts'
import fc from '../../harness/fast-check.ts'
import { repetitions } from '../../harness/repetition.ts'

/** Texts that something else than text can be read from, or that belong to the language of the filters. */
const LOOKALIKES = [
  ...['true', 'false', 'TRUE', 't', 'null', 'NULL', 'not_null', 'unknown', 'undefined', 'nan', 'NaN'],
  ...[
    'infinity',
    '-Infinity',
    '0',
    '-0',
    '007',
    '1.0',
    '1.50',
    '1e5',
    '5e',
    '0x10',
    '0b1',
    '9007199254740993',
  ],
  ...[
    '2026-11-29',
    'now',
    'epoch',
    '{}',
    '{a}',
    '{a,b}',
    '{"a":1}',
    '[1]',
    '(1,2)',
    '"',
    '"true"',
    "'",
    '\\',
    '\\"',
  ],
  ...[
    ' ',
    ' true ',
    '',
    'a,b',
    'a.b',
    'eq.true',
    'not.eq.true',
    'in.(1)',
    'and',
    'or(a.eq.b)',
    '*',
    '%',
    'é',
    'a"b',
  ],
]
const texts = fc.oneof(
  fc.constantFrom(...LOOKALIKES),
  fc.string({ maxLength: 8 }).filter((one) => !one.includes('\0')),
)

const TABLE = `
create table public.words (word text primary key, count int, fine boolean, list text[], data jsonb);
grant all on public.words to service_role;
create function public.find_words(p_word text, p_most int default 9) returns setof public.words
language sql stable as $$ select * from public.words where word = p_word limit p_most $$;`

const DATABASES = { PGlite: openOnPglite, 'a PostgreSQL server': openOnServer }

describe.each(Object.entries(DATABASES))('filters of the embedded REST interface on %s', (_, open) => {
  let cloud: Cloud
  let close: () => Promise<void>
  beforeAll(async () => {
    const opened = await open()
    cloud = opened.cloud
    close = opened.close
    await cloud.app.connection.exec(TABLE)
    await cloud.app.connection.clearSchemaCache()
    const rows = [...LOOKALIKES, 'other'].map((word) => ({ word, list: [word, 'x'], data: { word } }))
    const { error } = await cloud.client.from('words').insert(rows)
    expect(error).toBeNull()
    const { error: typed } = await cloud.client
      .from('words')
      .update({ count: 5, fine: true })
      .eq('word', 'other')
    expect(typed).toBeNull()
  })
  afterAll(() => close?.())

  const words = () => cloud.client.from('words').select('word')
  const found = async (query: PromiseLike<{ data: unknown; error: unknown }>) => {
    const { data, error } = await query
    expect(error).toBeNull()
    return ((data ?? []) as { word: string }[]).map(({ word }) => word).sort()
  }
  const quoted = (text: string) => `"${text.replace(/["\\]/g, '\\$&')}"`
  const all = [...LOOKALIKES, 'other'].sort()

  test('a text is compared as it is written', async () => {
    await fc.assert(
      fc.asyncProperty(texts, async (text) => {
        const equal = all.filter((word) => word === text)
        const unequal = all.filter((word) => word !== text)
        expect(await found(words().eq('word', text))).toEqual(equal)
        expect(await found(words().neq('word', text))).toEqual(unequal)
        expect(await found(words().not('word', 'eq', text))).toEqual(unequal)
        expect(await found(words().eq('data->>word', text))).toEqual(equal)
        const listed = `(${quoted(text)},other)`
        expect(await found(words().filter('word', 'in', listed))).toEqual(
          [...equal, 'other'].sort().filter(once),
        )
      }),
      { numRuns: repetitions(15, 40) },
    )
  })

  test.each(LOOKALIKES.filter((text) => /^[\w.-]+$/.test(text)))(
    '"%s" needs no quotation marks in a list or a tree',
    async (text) => {
      expect(await found(words().in('word', [text, 'other']))).toEqual([text, 'other'].sort())
      expect(await found(words().or(`word.eq.${text},and(word.eq.other,word.neq.${text})`))).toEqual(
        [text, 'other'].sort(),
      )
      expect(await found(words().or(`word.in.(${text},other),word.eq."${text}"`))).toEqual(
        [text, 'other'].sort(),
      )
      expect(await found(words().or(`word.not.eq.${text}`))).toEqual(all.filter((word) => word !== text))
    },
  )

  test.each(LOOKALIKES.filter((text) => /^\w+$/.test(text) && !/^null$/i.test(text)))(
    '"%s" is an element of an array',
    async (text) => {
      expect(await found(words().contains('list', [text]))).toEqual([text])
      expect(await found(words().overlaps('list', [text]))).toEqual([text])
      expect(await found(words().filter('list', 'eq', `{${text},x}`))).toEqual([text])
      expect(await found(words().filter('word', 'eq(any)', `{${text},other}`))).toEqual(
        [text, 'other'].sort(),
      )
    },
  )

  test.each(LOOKALIKES.filter((text) => !/^(?:not\.)?(?:eq|in)\./.test(text)))(
    'a function gets the argument "%s" as it is written',
    async (text) => {
      const calls = [{ get: true }, { get: false }].map((how) =>
        cloud.client.rpc('find_words', { p_word: text, p_most: 5 }, how).select('word').eq('word', text),
      )
      expect(await Promise.all(calls.map(found))).toEqual([[text], [text]])
    },
  )

  test('numbers, booleans and documents are read by the type of their column', async () => {
    expect(await found(words().eq('count', 5))).toEqual(['other'])
    expect(await found(words().in('count', [4, 5]))).toEqual(['other'])
    expect(await found(words().gte('count', 5).lt('count', 6))).toEqual(['other'])
    for (const written of ['true', 't', 'TRUE'])
      expect(await found(words().eq('fine', written))).toEqual(['other'])
    expect(await found(words().is('fine', true))).toEqual(['other'])
    expect(await found(words().or('fine.eq.true,count.eq.7'))).toEqual(['other'])
    expect(await found(words().is('count', null))).toEqual(LOOKALIKES.toSorted())
    expect(await found(words().contains('data', { word: 'true' }))).toEqual(['true'])
    expect((await words().eq('count', 'true')).error).toMatchObject({ code: '22P02' })
  })
})

const once = <T>(value: T, place: number, list: readonly T[]) => list.indexOf(value) === place

async function openOnPglite() {
  const root = mkdtempSync(join(tmpdir(), 'nofx-filters-'))
  await placeEmbedded(root)
  const cloud = await openCloud({ root })
  const close = async () => {
    await cloud.close()
    rmSync(root, { recursive: true })
  }
  return { cloud, close }
}

async function openOnServer() {
  const root = mkdtempSync(join(tmpdir(), 'nofx-filters-'))
  const database = await openedDatabase()
  const cloud = await openCloud({ root, databaseUrl: database.url })
  const close = async () => {
    await cloud.close()
    await database.drop()
    rmSync(root, { recursive: true })
  }
  return { cloud, close }
}
