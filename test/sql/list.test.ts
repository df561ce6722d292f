import { beforeAll, expect, test } from 'vitest'
import { type Caller, PUBLISHER, type Row } from '../harness/database.ts'
import { onBothEngines } from './support/engines.ts'
import { digestFor, RegistryUnderTest } from './support/registry-under-test.ts'

const ANON: Caller = { role: 'anon' }
const SERVICE: Caller = { role: 'service_role' }

/** The ids that a query of `registry_list` returns to the public, for the history below. */
const FILTERS: [name: string, query: Row, ids: string[]][] = [
  ['no filter', {}, ['cafe', 'old', 'one', 'percent', 'z']],
  [
    'nothing but null',
    { status: null, tag: null, search: null, after: null },
    ['cafe', 'old', 'one', 'percent', 'z'],
  ],
  ['an empty list of states', { status: [] }, ['cafe', 'old', 'one', 'percent', 'z']],
  ['a state', { status: ['deprecated'] }, ['old']],
  ['two states', { status: ['active', 'deprecated'] }, ['cafe', 'old', 'one', 'percent', 'z']],
  ['states that are not for everybody', { status: ['draft', 'disabled', 'removed'] }, []],
  ['a tag', { tag: 'Fast' }, ['one', 'z']],
  ['a tag in another case', { tag: 'fast' }, []],
  ['a part of a tag', { tag: 'Fas' }, []],
  ['a skill', { skill: 'triage' }, ['one']],
  ['a category', { category: 'review' }, ['cafe']],
  ['a category that is not text', { category: '7' }, ['old']],
  ['several at once', { tag: 'Fast', skill: 'triage', status: ['active'] }, ['one']],
  ['a part of an id', { search: 'ERCEN' }, ['percent']],
  ['a part of a name', { search: 'one' }, ['one']],
  ['a part of a summary, in another case', { search: 'reads ALL' }, ['cafe']],
  ['a part of a tag', { search: 'fAS' }, ['one', 'z']],
  ['text over two fields', { search: 'one\nfirst' }, []],
  ['text over two tags', { search: 'Fast", "' }, []],
  ['a percent sign', { search: '%' }, ['percent']],
  ['an underscore', { search: '_' }, ['percent']],
  ['a backslash', { search: '\\' }, ['percent']],
  ['a star', { search: '*' }, []],
  ['a dot', { search: '.' }, ['percent']],
  ['a quote and a comment', { search: `'; drop table x; --` }, []],
  ['operators of PostgREST', { search: 'id=eq.one' }, []],
  ['a pattern as an id', { after: '%' }, ['cafe', 'old', 'one', 'percent', 'z']],
  ['all after an id', { after: 'one' }, ['percent', 'z']],
  ['all after an id that is gone', { after: 'onf' }, ['percent', 'z']],
  ['all after the last', { after: 'z' }, []],
]

const REFUSED: [query: Row, message: RegExp][] = [
  [{ status: ['live'] }, /^status must be active, deprecated, disabled, draft or removed$/],
  [{ status: ['active', null] }, /^status must be active/],
  [{ status: [['active']] }, /^status must be active/],
  [{ status: 'active' }, /^status is not a list$/],
  [{ limit: 0 }, /^the limit must be a whole number and at least 1$/],
  [{ limit: -1 }, /^the limit must be a whole number and at least 1$/],
  [{ limit: 1.5 }, /^the limit must be a whole number and at least 1$/],
  [{ limit: '1; drop table x' }, /^the limit must be a whole number and at least 1$/],
  [{ since: -1 }, /^`since` is not an event number$/],
  [{ since: 'yesterday' }, /^`since` is not an event number$/],
  [{ sort: 'name' }, /^sort must be id or -updatedAt$/],
  [{ afterAt: '1; drop table x' }, /^`afterAt` is not a number of microseconds$/],
  [{ at: '2026-01-01' }, /^`at` is not a number of milliseconds$/],
]

interface Page {
  seq: number
  items: Row[]
  next: string | null
  nextAt: number | null
  total?: number
}

onBothEngines('a list', (db) => {
  let registry: RegistryUnderTest
  const list = (query: Row, caller = ANON, kind = registry.kind): Promise<Page> =>
    db().as(caller, async (run) => {
      const [row] = await run<{ page: Page }>('select public.registry_list($1, $2) as page', [kind, query])
      return row!.page
    })
  const idsOf = (page: Page) => page.items.map((item) => item.id)

  beforeAll(async () => {
    registry = new RegistryUnderTest(db(), 'agents')
    await registry.publish([
      { id: 'z', tags: ['Fast'] },
      { id: 'one', text: 'first', tags: ['a', 'Fast', 'last'], provides: ['triage'] },
      { id: 'old', state: 'deprecated', facts: { category: 7 } },
      { id: 'cafe', text: 'Reads all', facts: { category: 'review' } },
      { id: 'percent', text: '100% of a_b\\c.' },
      { id: 'draft', state: 'draft' },
      { id: 'off', state: 'disabled' },
      { id: 'gone' },
    ])
    await registry.publish([{ id: 'one-more', state: 'draft' }], {
      removals: [{ id: 'gone', expectedVersion: 1 }],
    })
  })

  test.each(FILTERS)('is filtered by %s', async (_, query, ids) => {
    expect(idsOf(await list(query))).toEqual(ids)
  })

  test.each(REFUSED)('refuses %j for every caller', async (query, message) => {
    for (const caller of [ANON, PUBLISHER])
      await expect(list(query, caller)).rejects.toMatchObject({
        code: 'PT422',
        message: expect.stringMatching(message),
        hint: 'fix the query',
        detail: '{"code": "REFUSED"}',
      })
  })

  test('shows of each definition what readers may know, and the registry’s position in the feed', async () => {
    const [counter] = await db().query<{ seq: number }>('select seq from public.registry_counter')
    const { seq, items, next } = await list({ skill: 'triage' })
    expect({ seq, next }).toEqual({ seq: Number(counter!.seq), next: null })
    expect(items).toEqual([
      {
        kind: 'agents',
        id: 'one',
        state: 'active',
        version: 1,
        digest: digestFor({ id: 'one', text: 'first' }),
        metadata: expect.objectContaining({ name: 'one', summary: 'first', provides: ['triage'] }),
        promptHash: expect.stringMatching(/^[0-9a-f]{64}$/),
        updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      },
    ])
  })

  test('shows drafts and disabled definitions to publishers, and tombstones if they are requested', async () => {
    expect(idsOf(await list({}, PUBLISHER))).toEqual([
      'cafe',
      'draft',
      'off',
      'old',
      'one',
      'one-more',
      'percent',
      'z',
    ])
    expect(idsOf(await list({ status: ['removed'] }, PUBLISHER))).toEqual(['gone'])
    expect(idsOf(await list({ status: ['draft'] }, { role: 'service_role' }))).toEqual(['draft', 'one-more'])
  })

  test('has pages that together contain every definition once, in byte order', async () => {
    for (const limit of [1, 2, 3, 5, 8]) {
      const seen: unknown[] = []
      let after: string | null = null
      do {
        const page: Page = await list({ limit, after }, PUBLISHER)
        expect(page.items.length).toBeLessThanOrEqual(limit)
        seen.push(...idsOf(page))
        after = page.next
      } while (after !== null)
      expect(seen).toEqual(['cafe', 'draft', 'off', 'old', 'one', 'one-more', 'percent', 'z'])
    }
  })

  test('has at most 500 definitions per page, and 25 by default', async () => {
    const many = new RegistryUnderTest(db())
    await many.publish(Array.from({ length: 503 }, (_, n) => ({ id: `m${100 + n}` })))
    const pages = [await list({}, ANON, many.kind), await list({ limit: 1e6 }, ANON, many.kind)]
    expect(pages.map((page) => page.items.length)).toEqual([25, 500])
    expect(pages[1]!.next).toBe('m599')
    const last = await list({ limit: 500, after: pages[1]!.next }, ANON, many.kind)
    expect([idsOf(last), last.next]).toEqual([['m600', 'm601', 'm602'], null])
    expect([pages[0]!.total, pages[1]!.total, last.total]).toEqual([503, 503, undefined])
  })

  test('by time has those first that moved last, each once, whatever moved at the same moment', async () => {
    const timed = new RegistryUnderTest(db())
    await timed.publish(['c', 'a', 'b'].map((id) => ({ id })))
    await timed.publish([{ id: 'd' }])
    await timed.publish([{ id: 'b', text: '2', expected: 1 }])
    for (const limit of [1, 2, 3, 4]) {
      const seen: unknown[] = []
      let page: Page = await list({ sort: '-updatedAt', limit }, ANON, timed.kind)
      expect(page.total).toBe(4)
      seen.push(...idsOf(page))
      while (page.next !== null) {
        const query = { sort: '-updatedAt', limit, after: page.next, afterAt: page.nextAt }
        page = await list(query, ANON, timed.kind)
        seen.push(...idsOf(page))
      }
      expect(seen).toEqual(['b', 'd', 'a', 'c'])
    }
  })

  test('at a time has what was live then', async () => {
    const past = new RegistryUnderTest(db())
    await past.publish([{ id: 'a', tags: ['first'] }, { id: 'gone' }])
    const [{ at }] = (await db().query(
      `select (extract(epoch from date_trunc('milliseconds', max(created_at))) * 1000)::bigint::text as at
       from public.registry_revisions where kind = $1`,
      [past.kind],
    )) as [{ at: string }]
    await past.publish(
      [{ id: 'a', text: '2', expected: 1 }, { id: 'later' }, { id: 'idea', state: 'draft' }],
      { removals: [{ id: 'gone', expectedVersion: 1 }] },
    )
    const heads = { at, heads: true }
    const then = await list(heads, SERVICE, past.kind)
    expect(then.items.map(({ id, version }) => [id, version])).toEqual([
      ['a', 1],
      ['gone', 1],
    ])
    expect(then.items[0]!.head).toMatchObject({ latestVersion: 1, draftVersion: null, held: [] })
    expect(idsOf(await list({ at, tag: 'first' }, SERVICE, past.kind))).toEqual(['a'])
    expect(idsOf(await list({ at: '0' }, SERVICE, past.kind))).toEqual([])
  })

  test('tells only the service what waits, and who made what', async () => {
    const secret = new RegistryUnderTest(db())
    await secret.publish([{ id: 'a' }, { id: 'b' }])
    await secret.publish([
      { id: 'a', text: '2', state: 'draft', expected: 1 },
      { id: 'c', state: 'draft' },
    ])
    expect(idsOf(await list({ waiting: true }, SERVICE, secret.kind))).toEqual(['a', 'c'])
    const { items } = await list({ heads: true }, SERVICE, secret.kind)
    expect(items.map(({ id, head }) => [id, head])).toMatchObject([
      ['a', { latestVersion: 2, draftVersion: 2, held: [], origin: 'publish', actor: expect.any(String) }],
      ['b', { latestVersion: 1, draftVersion: null }],
      ['c', { latestVersion: 1, draftVersion: 1 }],
    ])
    for (const caller of [ANON, PUBLISHER])
      for (const query of [{ waiting: true }, { onlyHeld: true }, { heads: true }])
        await expect(list(query, caller, secret.kind)).rejects.toMatchObject({ code: '42501' })
    const counts = (caller: Caller, waiting: boolean) =>
      db().as(caller, async (run) => {
        const [row] = await run<{ counts: { kinds: Row } }>('select public.registry_counts($1) as counts', [
          waiting,
        ])
        return row!.counts.kinds[secret.kind]
      })
    expect(await counts(ANON, false)).toEqual({ active: 2 })
    expect(await counts(PUBLISHER, false)).toEqual({ active: 2, draft: 1 })
    expect(await counts(SERVICE, true)).toEqual({ active: 2, draft: 1, waiting: 2, held: 0 })
    await expect(counts(PUBLISHER, true)).rejects.toMatchObject({ code: '42501' })
  })

  test('names what cannot be published as it is: definitions whose newest published content is held', async () => {
    const held = new RegistryUnderTest(db())
    const of = async () => {
      const counts = await db().as(SERVICE, (run) =>
        run<{ counts: { kinds: Row } }>('select public.registry_counts(true) as counts'),
      )
      const ids = idsOf(await list({ onlyHeld: true }, SERVICE, held.kind))
      expect((counts[0]!.counts.kinds[held.kind] as Row).held ?? 0).toBe(ids.length)
      return ids
    }
    const next = (id: string, text: string, expected: number, rest: object = {}) =>
      held.publish([{ id, text, expected, ...rest }])
    await held.publish(['a', 'b', 'c', 'd'].map((id) => ({ id })))
    for (const id of ['a', 'b', 'c', 'd']) await next(id, '2', 1)
    expect(await of()).toEqual([])
    for (const id of ['a', 'b', 'c', 'd']) await held.to(id, 1)
    expect(await of()).toEqual(['a', 'b', 'c', 'd'])
    // Other content is published, or waits as a draft; the content itself is brought back; the definition is removed.
    await next('a', '3', 3)
    await next('b', '3', 3, { state: 'draft' })
    await held.to('c', 2)
    expect(await of()).toEqual(['d'])
    await held.publish([], { removals: [{ id: 'd', expectedVersion: 3 }] })
    expect(await of()).toEqual([])
    await held.to('a', 1)
    expect(await of()).toEqual(['a'])
  })

  test('is empty for a kind without publishes', async () => {
    expect(await list({}, ANON, `agents' or '1'='1`)).toMatchObject({ items: [], next: null })
  })

  test('since an event has the definitions that changed after it, as far as the caller may see them', async () => {
    const other = new RegistryUnderTest(db())
    await other.publish([{ id: 'a' }, { id: 'b' }, { id: 'c' }])
    const { seq } = await list({}, ANON, other.kind)
    expect(idsOf(await list({ since: seq }, PUBLISHER, other.kind))).toEqual([])
    await other.publish([
      { id: 'a', text: '2', expected: 1 },
      { id: 'b', text: '2', state: 'draft', expected: 1 },
    ])
    for (const later of [0, 100_000]) {
      await db().query('update public.registry_counter set seq = seq + $1', [later])
      expect(idsOf(await list({ since: seq }, ANON, other.kind))).toEqual(['a'])
      expect(idsOf(await list({ since: seq }, PUBLISHER, other.kind))).toEqual(['a', 'b'])
      expect(idsOf(await list({ since: 0 }, ANON, other.kind))).toEqual(['a', 'b', 'c'])
    }
  })
})
