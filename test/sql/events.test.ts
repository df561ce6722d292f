import { beforeAll, beforeEach, expect, test } from 'vitest'
import type { EventPage } from '../../src/contract/protocol/events.ts'
import { type Caller, PUBLISHER, type Row } from '../harness/database.ts'
import { onBothEngines } from './support/engines.ts'
import { RegistryUnderTest, refusalOf } from './support/registry-under-test.ts'

const ANON: Caller = { role: 'anon' }

onBothEngines('the feed', (db) => {
  const since = (
    cursor: number | null,
    limit: number | null = 1000,
    caller = PUBLISHER,
    mark: string | null = null,
  ) =>
    db().as(caller, async (query) => {
      const [row] = await query<{ page: EventPage }>(
        `select public.registry_events_since($1, $2, $3) as page`,
        [cursor, limit, mark],
      )
      return row!.page
    })
  const seqs = async (...asked: Parameters<typeof since>) => {
    const { cursor, events } = await since(...asked)
    return { cursor, seqs: events.map(({ seq }) => seq) }
  }

  beforeAll(async () => {
    const registry = new RegistryUnderTest(db(), 'agents')
    await registry.publish([{ id: 'a' }, { id: 'b', state: 'draft' }, { id: 'c' }])
    await registry.publish([{ id: 'a', text: '2', expected: 1 }])
    await registry.publish([{ id: 'd', state: 'draft' }])
  })

  test('returns the events that the caller may see, in order, and the next cursor', async () => {
    expect(await seqs(0)).toEqual({ cursor: 5, seqs: [1, 2, 3, 4, 5] })
    expect(await seqs(0, 1000, ANON)).toEqual({ cursor: 5, seqs: [1, 3, 4] })
    expect(await seqs(3, null, ANON)).toEqual({ cursor: 5, seqs: [4] })
    expect(await seqs(4, null, ANON)).toEqual({ cursor: 5, seqs: [] })
    expect(await seqs(5)).toEqual({ cursor: 5, seqs: [] })
    const { events } = await since(3)
    expect(events[0]).toEqual({
      seq: 4,
      type: 'agent.updated',
      kind: 'agents',
      id: 'a',
      version: 2,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      releaseId: expect.any(String),
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    })
  })

  test('has pages that together contain every event once', async () => {
    for (const caller of [PUBLISHER, ANON])
      for (const limit of [1, 2, 3, 4, 5]) {
        const seen: number[] = []
        for (let cursor = 0; cursor < 5; ) {
          const page = await seqs(cursor, limit, caller)
          expect(page.seqs.length).toBeLessThanOrEqual(limit)
          expect(page.cursor).toBeGreaterThan(cursor)
          seen.push(...page.seqs)
          cursor = page.cursor
        }
        expect(seen).toEqual(caller === ANON ? [1, 3, 4] : [1, 2, 3, 4, 5])
      }
  })

  test('returns its current position to a caller without a cursor', async () => {
    expect(await since(null, null, ANON)).toEqual({ cursor: 5, mark: expect.any(String), events: [] })
  })

  test('refuses the mark of another event at a cursor, to readers who may see the event and to others', async () => {
    const marks = new Map<number, string | null>()
    for (const cursor of [1, 2, 3, 4, 5]) marks.set(cursor, (await since(cursor - 1, 1)).mark)
    expect(new Set(marks.values()).size).toBe(5)
    for (const caller of [ANON, PUBLISHER])
      for (const [cursor, mark] of marks) {
        expect(await since(cursor, 1000, caller, mark)).toEqual(await since(cursor, 1000, caller))
        const other = marks.get(cursor === 1 ? 2 : 1)
        expect(await refusalOf(db(), () => since(cursor, 1000, caller, other))).toEqual({
          sqlstate: 'PT410',
          code: 'CURSOR_GONE',
          message: `the event of the cursor ${cursor} is not in this registry: a backup was restored, or it is no longer kept`,
          hint: 'read everything again, then continue from the cursor 5',
          detail: { floor: 0, seq: 5 },
          left: false,
        })
      }
    expect((await since(null, null, ANON)).mark).toBe(marks.get(5))
  })

  test('refuses an invalid cursor or limit', async () => {
    for (const [cursor, limit] of [
      [-1, 1],
      [0, 0],
      [0, -5],
    ] as const)
      expect(await refusalOf(db(), () => since(cursor, limit))).toMatchObject({
        sqlstate: 'PT422',
        code: 'REFUSED',
        left: false,
      })
  })

  test('refuses a cursor from before the registry was restored from an older backup', async () => {
    expect(await refusalOf(db(), () => since(6, 1, ANON))).toEqual({
      sqlstate: 'PT410',
      code: 'CURSOR_GONE',
      message: 'the cursor 6 is not from this registry, whose last event is 5',
      hint: 'read everything again, then continue from the cursor 5',
      detail: { floor: 0, seq: 5 },
      left: false,
    })
  })
})

onBothEngines('pruning of events', (db) => {
  let registry: RegistryUnderTest
  const prune = (request: Row = {}) => registry.call<Row>('registry_prune_events', request)
  const kept = async () => {
    const rows = await db().query<{ seq: number }>(
      'select seq::integer from public.registry_events order by seq',
    )
    const [counter] = await db().query<{ floor: number }>(
      'select floor::integer from public.registry_counter',
    )
    return [counter!.floor, rows.map(({ seq }) => seq)]
  }
  const policy = (days: number | null, count: number | null) =>
    db().query(
      `insert into public.registry_policies (kind, event_days, event_count) values ('*', $1, $2)
       on conflict (kind) do update set event_days = excluded.event_days, event_count = excluded.event_count`,
      [days, count],
    )
  const age = (upTo: number, days: number) =>
    db().query(`update public.registry_events set at = now() - make_interval(days => $2) where seq <= $1`, [
      upTo,
      days,
    ])

  beforeEach(async () => {
    await db().run(`
      delete from public.registry_policies;
      delete from public.registry_events;
      update public.registry_counter set floor = 0, seq = 0;`)
    registry = new RegistryUnderTest(db())
    await db().run(`
      insert into public.registry_events (seq, type, kind, id, audience, at)
        select n, 'agent.updated', 'agents', 'a', 'public', now() from generate_series(1, 10) as n;
      update public.registry_counter set seq = 10;`)
  })

  test('removes no events while they are few or recent', async () => {
    expect(await prune()).toEqual({ pruned: 0, floor: 0, seq: 10 })
    await age(10, 1000)
    expect(await prune()).toEqual({ pruned: 0, floor: 0, seq: 10 })
    await policy(90, 10)
    expect(await prune()).toEqual({ pruned: 0, floor: 0, seq: 10 })
    await age(10, 89)
    await policy(90, 0)
    expect(await prune()).toEqual({ pruned: 0, floor: 0, seq: 10 })
  })

  test('removes the oldest first, up to the first recent event and down to the number to keep', async () => {
    await age(6, 91)
    await policy(90, 2)
    expect(await prune({ most: 4 })).toEqual({ pruned: 4, floor: 4, seq: 10 })
    expect(await kept()).toEqual([4, [5, 6, 7, 8, 9, 10]])
    expect(await prune()).toEqual({ pruned: 2, floor: 6, seq: 10 })
    await age(10, 91)
    expect(await prune()).toEqual({ pruned: 2, floor: 8, seq: 10 })
    expect(await prune()).toEqual({ pruned: 0, floor: 8, seq: 10 })
    expect(await kept()).toEqual([8, [9, 10]])
  })

  test('keeps the newest event, so that its mark can be compared', async () => {
    await age(10, 91)
    await policy(90, 0)
    expect(await prune()).toEqual({ pruned: 9, floor: 9, seq: 10 })
    expect(await kept()).toEqual([9, [10]])
  })

  test('makes the feed refuse a cursor that would miss events, with the way to start again', async () => {
    await age(10, 91)
    await policy(90, 4)
    await prune()
    const read = (cursor: number) => registry.call<EventPage>('registry_events_since', cursor, 100)
    expect(await refusalOf(db(), () => read(5))).toEqual({
      sqlstate: 'PT410',
      code: 'CURSOR_GONE',
      message: 'the cursor 5 is too old: events up to 6 are no longer kept',
      hint: 'read everything again, then continue from the cursor 10',
      detail: { floor: 6, seq: 10 },
      left: false,
    })
    expect((await read(6)).events.map(({ seq }) => seq)).toEqual([7, 8, 9, 10])
  })

  test('happens by itself when new events come, a few at a time', async () => {
    await age(10, 91)
    await policy(90, 3)
    await registry.publish([{ id: 'one' }])
    expect(await kept()).toEqual([2, [3, 4, 5, 6, 7, 8, 9, 10, 11]])
    await registry.publish([{ id: 'two' }, { id: 'three' }])
    expect(await kept()).toEqual([6, [7, 8, 9, 10, 11, 12, 13]])
  })

  test('makes a list since a pruned event return all definitions', async () => {
    await db().run('update public.registry_counter set seq = 100')
    await registry.publish([{ id: 'early' }])
    await registry.publish([{ id: 'late' }])
    await age(101, 91)
    await policy(90, 0)
    await prune()
    const listed = async (cursor: number) => {
      const page = await registry.call<{ items: Row[] }>('registry_list', registry.kind, { since: cursor })
      return page.items.map(({ id }) => id)
    }
    expect(await listed(100)).toEqual(['early', 'late'])
    expect(await listed(101)).toEqual(['late'])
    expect(await listed(102)).toEqual([])
  })

  test('has one policy for all kinds', async () => {
    const one = db().query(`insert into public.registry_policies (kind, event_days) values ('agents', 1)`)
    await expect(one).rejects.toMatchObject({ code: '23514' })
  })
})
