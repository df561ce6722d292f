import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Row } from '../harness/database.ts'
import { createDatabase, type PostgresDatabase } from '../harness/postgres.ts'
import { onBothEngines } from './support/engines.ts'
import { emptyOutbox, type LeasedRow, type OutboxUnderTest, SECRET } from './support/outbox-under-test.ts'
import { refusalOf } from './support/registry-under-test.ts'

const idsIn = (batches: readonly LeasedRow[]) => batches.flatMap(({ events }) => events.map(({ id }) => id))

onBothEngines('a webhook', (db) => {
  let outbox: OutboxUnderTest
  beforeEach(async () => {
    outbox = await emptyOutbox(db())
  })

  /** Makes the policy prune the events up to this one. */
  const forget = (seq: number) =>
    db().transaction(async (query) => {
      await query('delete from public.registry_events where seq <= $1', [seq])
      await query('update public.registry_counter set floor = $1', [seq])
    })

  test('gets the events after it was added, in order and without repetitions', async () => {
    await outbox.publishSome()
    const id = await outbox.add()
    const [first, second] = [await outbox.publishSome(3), await outbox.publishSome(2)]
    const [batch] = await outbox.lease()
    expect(batch).toMatchObject({ webhook: id, secret: SECRET, missed: false, deployment: false })
    expect(batch!.events.map((event) => event.id)).toEqual([...first.sort(), ...second.sort()])
    expect(await outbox.settle(batch!, 'delivered')).toEqual({ settled: true, outcome: 'delivered' })
    expect(await outbox.lease()).toEqual([])
    expect(await outbox.one(id)).toMatchObject({
      state: 'active',
      lag: 0,
      lastStatus: 200,
      cursor: batch!.cursor,
    })
  })

  test('gets the kinds, types and drafts that it asked for', async () => {
    const [all, types, others, drafts] = [
      await outbox.add(),
      await outbox.add({ types: ['agent.removed'] }),
      await outbox.add({ kinds: ['templates'] }),
      await outbox.add({ audience: 'publisher', kinds: ['agents'] }),
    ]
    const [live] = await outbox.publishSome()
    const [draft] = await outbox.publishSome(1, 'draft')
    const batches = await outbox.lease()
    const seen = Object.fromEntries(batches.map((batch) => [batch.webhook, idsIn([batch])]))
    expect(seen).toEqual({ [all]: [live], [drafts]: [live, draft] })
    for (const id of [types, others]) expect(await outbox.one(id)).toMatchObject({ lag: 0, state: 'active' })
  })

  test('gets a large release in batches of a hundred', async () => {
    await outbox.add()
    const ids = await outbox.publishSome(230)
    const got: LeasedRow[] = []
    for (let [batch] = await outbox.lease(); batch; [batch] = await outbox.lease()) {
      got.push(batch)
      await outbox.settle(batch, 'delivered')
    }
    expect(got.map(({ events }) => events.length)).toEqual([100, 100, 30])
    expect(idsIn(got)).toEqual(ids.sort())
    expect(got.map(({ since }) => since).slice(1)).toEqual(got.map(({ cursor }) => cursor).slice(0, 2))
  })

  test('gets the same batch under the same id until it accepts it, then the events since', async () => {
    const id = await outbox.add()
    await outbox.publishSome(2)
    const [first] = await outbox.lease()
    const [later] = await outbox.publishSome()
    await outbox.settle(first!, 'failed', { status: 500, error: 'it answered 500' })
    expect(await outbox.lease()).toEqual([])
    expect(await outbox.one(id)).toMatchObject({
      state: 'failing',
      attempts: 1,
      lastError: 'it answered 500',
    })
    await outbox.wait(id)
    const [again] = await outbox.lease()
    expect({ ...again, lease: '' }).toEqual({ ...first, lease: '' })
    await outbox.settle(again!, 'delivered')
    const rest = await outbox.lease()
    expect(idsIn(rest)).toEqual([later])
    expect(rest[0]!.id).not.toBe(first!.id)
  })

  test('is leased to one forwarder; a forwarder that reports after its lease changes nothing', async () => {
    const id = await outbox.add()
    await outbox.publishSome()
    const [first] = await outbox.lease()
    expect(await outbox.lease()).toEqual([])
    await outbox.wait(id)
    const [second] = await outbox.lease()
    expect(second!.id).toBe(first!.id)
    expect(await outbox.settle(first!, 'delivered')).toEqual({ settled: false })
    expect(await outbox.one(id)).toMatchObject({ cursor: first!.since })
    expect(await outbox.settle(second!, 'delivered')).toMatchObject({ settled: true })
  })

  test('is tried ten times over three days; then the batch becomes a dead letter, and the next one follows', async () => {
    const id = await outbox.add()
    await outbox.publishSome()
    const waits: number[] = []
    let outcome: unknown
    for (let attempt = 0; attempt < 10; attempt++) {
      await outbox.wait(id)
      const [batch] = await outbox.lease()
      outcome = (await outbox.settle(batch!, 'failed', { status: null, error: 'away' })).outcome
      const [row] = await db().query<{ s: string }>(
        'select extract(epoch from next_at - now()) as s from public.registry_webhooks where id = $1',
        [id],
      )
      waits.push(Number(row!.s))
    }
    const hours = [5 / 3600, 5 / 60, 0.5, 2, 5, 10, 14, 20, 24]
    waits.slice(0, 9).forEach((seconds, at) => {
      expect(seconds / 3600).toBeGreaterThan(hours[at]! * 0.9 - 1 / 3600)
      expect(seconds / 3600).toBeLessThanOrEqual(hours[at]! * 1.1)
    })
    expect(outcome).toBe('dead')
    const [next] = await outbox.publishSome()
    expect(idsIn(await outbox.lease())).toEqual([next])
    const { cursor, deadLetters } = await outbox.one(id)
    expect(deadLetters).toEqual([
      {
        since: Number(cursor) - 1,
        cursor,
        attempts: 10,
        lastStatus: null,
        lastError: 'away',
        at: expect.any(String),
      },
    ])
  })

  test('that answers 410 gets nothing more', async () => {
    const id = await outbox.add()
    await outbox.publishSome()
    const [batch] = await outbox.lease()
    await outbox.settle(batch!, 'gone', { status: 410, error: 'it answered 410' })
    await outbox.publishSome()
    await outbox.wait(id)
    expect(await outbox.lease()).toEqual([])
    expect(await outbox.one(id)).toMatchObject({ state: 'disabled', lastStatus: 410, lag: 2 })
  })

  test('is informed that events were pruned before it got them', async () => {
    const id = await outbox.add()
    await outbox.publishSome(3)
    const { cursor } = (await outbox.one(id)) as { cursor: number }
    await forget(cursor + 2)
    const [batch] = await outbox.lease()
    expect(batch).toMatchObject({ since: cursor + 2, missed: true, events: [{ seq: cursor + 3 }] })
    await outbox.settle(batch!, 'delivered')
    await outbox.publishSome()
    expect(await outbox.lease()).toMatchObject([{ missed: false }])
  })

  test.each([
    [
      'has no events for it at the time',
      async (id: string, cursor: number) => {
        await forget(cursor + 3)
        expect(await outbox.lease()).toEqual([])
        expect(await outbox.one(id)).toMatchObject({ lag: 0 })
      },
    ],
    [
      'was pruned during a delivery',
      async (id: string, cursor: number) => {
        const [batch] = await outbox.lease()
        await outbox.settle(batch!, 'failed', { status: 500 })
        await forget(cursor + 3)
        await outbox.wait(id)
        expect(await outbox.lease()).toEqual([])
      },
    ],
    [
      'reported it in a batch that became a dead letter',
      async (id: string, cursor: number) => {
        await forget(cursor + 2)
        for (let attempt = 0; attempt < 10; attempt++) {
          await outbox.wait(id)
          const [batch] = await outbox.lease()
          expect(batch).toMatchObject({ missed: true, since: cursor + 2 })
          await outbox.settle(batch!, 'failed', { status: 500 })
        }
      },
    ],
  ])('is informed of that too if the feed %s', async (_what, happens) => {
    const id = await outbox.add()
    await outbox.publishSome(3)
    const { cursor } = (await outbox.one(id)) as { cursor: number }
    await happens(id, cursor)
    await outbox.publishSome()
    const [batch] = await outbox.lease()
    expect(batch).toMatchObject({ missed: true, events: [{ seq: cursor + 4 }] })
    await outbox.settle(batch!, 'delivered')
    await outbox.publishSome()
    expect(await outbox.lease()).toMatchObject([{ missed: false }])
  })

  const secondsTo = async (id: string) => {
    const sql = 'select extract(epoch from next_at - now()) as s from public.registry_webhooks where id = $1'
    return Number((await db().query<{ s: string }>(sql, [id]))[0]!.s)
  }
  test.each([
    ['an hour', false, 3600, 3500, 4000],
    ['a second', false, 1, 4, 6],
    ['a week', false, 604_800, 86_300, 96_000],
    ['an hour, and is a deployment,', true, 3600, 59, 67],
  ])(
    'is not called before the time that it asked for: %s',
    async (_what, deployment, retryAfter, least, most) => {
      const id = await outbox.add({ deployment })
      await outbox.publishSome()
      const [batch] = await outbox.lease()
      await outbox.settle(batch!, 'failed', { status: 503, retryAfter })
      expect(await secondsTo(id)).toBeGreaterThan(least)
      expect(await secondsTo(id)).toBeLessThan(most)
    },
  )

  test('gets a new secret beside the old one, which stays valid for a day', async () => {
    const id = await outbox.add()
    await outbox.publishSome()
    const rotate = (secret: string) => outbox.call<Row>('registry_rotate_webhook', { id, secret })
    expect(await rotate('whsec_second')).toEqual({ id, oldSecretUntil: expect.any(String) })
    const both = { secret: 'whsec_second', oldSecret: SECRET }
    expect(await outbox.call('registry_webhook_target', id)).toMatchObject(both)
    expect(await outbox.lease()).toMatchObject([both])
    await rotate('whsec_third')
    await outbox.wait(id)
    expect(await outbox.lease()).toMatchObject([{ secret: 'whsec_third', oldSecret: 'whsec_second' }])
    expect(JSON.stringify(await outbox.call('registry_list_webhooks'))).not.toContain('whsec')
    await db().query('update public.registry_webhooks set old_secret_until = now() where id = $1', [id])
    await outbox.wait(id)
    expect(await outbox.lease()).toMatchObject([{ oldSecret: null }])
    expect(await outbox.call('registry_webhook_target', id)).toMatchObject({ oldSecret: null })
    const deployment = await outbox.add({ deployment: true })
    const refused = (given: string) =>
      refusalOf(db(), () => outbox.call('registry_rotate_webhook', { id: given, secret: 'whsec_x' }))
    expect(await refused('wh_none')).toMatchObject({ sqlstate: 'PT404', code: 'NOT_FOUND', left: false })
    expect(await refused(deployment)).toMatchObject({
      sqlstate: 'PT422',
      code: 'REFUSED',
      message: `the secret of the deployment ${deployment} is not stored in the registry`,
      left: false,
    })
  })

  test('is listed without its secret, and removed with all its data', async () => {
    const id = await outbox.add()
    await outbox.publishSome()
    const [batch] = await outbox.lease()
    expect(JSON.stringify(await outbox.call('registry_list_webhooks'))).not.toContain('whsec')
    expect(await outbox.call('registry_webhook_target', id)).toMatchObject({ webhook: id, secret: SECRET })
    expect(await outbox.call('registry_remove_webhook', id)).toMatchObject({ id })
    expect(await outbox.settle(batch!, 'delivered')).toEqual({ settled: false })
    expect(await outbox.call('registry_list_webhooks')).toEqual([])
    for (const name of ['registry_remove_webhook', 'registry_webhook_target'])
      expect(await refusalOf(db(), () => outbox.call(name, id))).toMatchObject({
        sqlstate: 'PT404',
        code: 'NOT_FOUND',
        message: `the webhook "${id}" does not exist`,
        left: false,
      })
  })

  test('has a URL that no other webhook has, and there are at most a hundred webhooks', async () => {
    const url = 'https://one.example.com/hook'
    const id = await outbox.add({ url })
    expect(await refusalOf(db(), () => outbox.add({ url }))).toMatchObject({
      sqlstate: 'PT409',
      code: 'CONFLICT',
      message: `the URL is already a webhook: ${id}`,
      hint: `remove the webhook first: nofx webhooks remove ${id}`,
      left: false,
    })
    await db().query(`insert into public.registry_webhooks (url, deployment, audience, cursor, created_by)
      select 'https://' || n || '.example.com/', true, 'public', 0, 'ann' from generate_series(2, 100) as n`)
    expect(await refusalOf(db(), () => outbox.add())).toMatchObject({ sqlstate: 'PT422', left: false })
  })

  test('that is a deployment is tried again within a minute, for ever, with the events since', async () => {
    const id = await outbox.add({ deployment: true })
    const before = await outbox.publishSome()
    for (let attempt = 0; attempt < 12; attempt++) {
      await outbox.wait(id)
      const [batch] = await outbox.lease()
      expect(await outbox.settle(batch!, 'failed')).toMatchObject({ outcome: 'failed' })
    }
    const [row] = await db().query<{ soon: boolean }>(
      `select next_at <= now() + interval '70 seconds' as soon from public.registry_webhooks where id = $1`,
      [id],
    )
    expect(row!.soon).toBe(true)
    const since = await outbox.publishSome()
    await outbox.wait(id)
    expect(idsIn(await outbox.lease())).toEqual([...before, ...since])
  })
})

onBothEngines('the id of a delivery', (db) => {
  const claim = async (place: string, id: string) =>
    (await emptyOutbox(db())).call<boolean>('registry_claim_delivery', place, id)

  test('is accepted once at each place, until it is forgotten', async () => {
    expect(await claim('gate', 'one')).toBe(true)
    expect(await claim('gate', 'one')).toBe(false)
    expect(await claim('function', 'one')).toBe(true)
    await db().query(`update public.registry_used_deliveries set expires_at = now() - interval '1 second'`)
    expect(await claim('gate', 'two')).toBe(true)
    expect(await db().query('select id from public.registry_used_deliveries')).toEqual([{ id: 'gate:two' }])
  })
})

describe('concurrent forwarders on PostgreSQL', () => {
  let db: PostgresDatabase
  beforeAll(async () => {
    db = await createDatabase()
  })
  afterAll(() => db.drop())

  test('never lease the same destination, and together send everything once', async () => {
    const outbox = await emptyOutbox(db)
    const ids = await Promise.all(Array.from({ length: 12 }, () => outbox.add()))
    await outbox.publishSome(210)
    const held = new Set<string>()
    const got = new Map(ids.map((id) => [id, [] as number[]]))
    const forwarder = async () => {
      for (let idle = 0; idle < 3; ) {
        const batches = await outbox.lease(3)
        idle = batches.length > 0 ? 0 : idle + 1
        for (const { webhook } of batches) expect(held.has(webhook)).toBe(false)
        for (const { webhook } of batches) held.add(webhook)
        for (const batch of batches) {
          got.get(batch.webhook)!.push(...batch.events.map(({ seq }) => seq))
          held.delete(batch.webhook)
          await outbox.settle(batch, 'delivered')
        }
      }
    }
    await Promise.all([forwarder(), forwarder(), forwarder(), forwarder()])
    const all = Array.from({ length: 210 }, (_, at) => at + 1)
    for (const seqs of got.values()) expect(seqs).toEqual(all)
  })

  test('report events that the policy deletes at that moment as missed', async () => {
    const outbox = await emptyOutbox(db)
    const id = await outbox.add({ kinds: ['agents'] })
    await outbox.publishSome(3)
    const { leased } = await db.transaction(async (query) => {
      const waiting = async () =>
        (
          await query(
            'select from pg_locks l join pg_database d on d.oid = l.database where not granted and datname = current_database()',
          )
        ).length
      // The forwarder has to wait for the events, and they are fewer when it gets them.
      await query('lock table public.registry_events in access exclusive mode')
      const leased = outbox.lease()
      await expect.poll(waiting).toBe(1)
      await query('update public.registry_counter set floor = seq - 1')
      await query(
        'delete from public.registry_events where seq <= (select floor from public.registry_counter)',
      )
      return { leased }
    })
    const [batch] = await leased
    expect(batch).toMatchObject({ webhook: id, missed: true, events: [expect.anything()] })
    expect(batch!.since).toBe(batch!.cursor - 1)
    await outbox.call('registry_remove_webhook', id)
  })

  test('get one positive answer for the id of one delivery', async () => {
    const outbox = await emptyOutbox(db)
    const claims = Array.from({ length: 24 }, () =>
      outbox.call<boolean>('registry_claim_delivery', 'gate', 'x'),
    )
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1)
  })
})
