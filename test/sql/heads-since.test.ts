import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  type HeadsEvent,
  type KnownHeads,
  type MovedHeads,
  mergeHeads,
} from '../../src/core/registry/kept-heads.ts'
import type { Head } from '../../src/core/registry/registry.ts'
import { backUp, restore } from '../harness/backup.ts'
import type { CloudDatabase } from '../harness/cloud-database.ts'
import type { Query, Row, TestDatabase } from '../harness/database.ts'
import fc from '../harness/fast-check.ts'
import { createDatabase } from '../harness/postgres.ts'
import { RegistryUnderTest } from './support/registry-under-test.ts'

const IDS = ['a', 'b', 'c']
const CLIENTS = 3

let db: TestDatabase
let asDatabase: CloudDatabase
beforeAll(async () => {
  db = await createDatabase()
  const query: Query = async (text, values) => {
    const statements = text.split(';').map((one) => one.trim())
    if (statements.length === 1) return db.query(text, values)
    const ownTransaction = ['', 'begin', 'commit']
    await db.transaction(async (run) => {
      for (const one of statements) if (!ownTransaction.includes(one)) await run(one)
    })
    return []
  }
  asDatabase = { query } as CloudDatabase
})
afterAll(() => db?.drop())

interface Answer {
  seq: number
  mark: string | null
  kinds: (MovedHeads & { kind: string })[]
}

/** What happened over all histories, so that none of the ways is left out unnoticed. */
const taken = { moved: 0, whole: 0, unproven: 0, sameSum: 0 }

/** What a client keeps: the heads, and where the feed was. */
type Reading = HeadsEvent & { heads: KnownHeads }

/** The heads of every sum that a registry has had. */
const sums = new Map<string, unknown>()

/** A client that keeps what it read, for as long as it likes. */
class KeepingClient {
  private known: Reading | undefined
  private readonly registry: RegistryUnderTest

  constructor(registry: RegistryUnderTest) {
    this.registry = registry
  }

  /** @param proven whether what the client keeps must prove to be the registry's, because every write had an event */
  async look(keeps: boolean, proven: boolean): Promise<void> {
    const fresh = await this.registry.call<Head[]>('registry_heads_json', [this.registry.kind])
    const read = (await this.ask(this.known)) ?? (await this.askAgain(proven))
    const heads = [...read.heads.values()].map(({ head }) => head).sort((a, b) => (a.id < b.id ? -1 : 1))
    expect(heads).toEqual(fresh)
    this.expectOneSum(await this.sumNow(), fresh)
    if (keeps) this.known = read
  }

  private async sumNow(): Promise<string> {
    const { kinds } = await this.registry.call<Answer>('registry_heads_since', [{ kind: this.registry.kind }])
    return JSON.stringify([this.registry.kind, kinds[0]!.count, kinds[0]!.sum])
  }

  /** A publish that finds the sum of an earlier one takes the heads for the earlier ones without reading them. */
  private expectOneSum(sum: string, heads: Head[]): void {
    if (sums.has(sum)) taken.sameSum++
    expect(heads).toEqual(sums.get(sum) ?? heads)
    sums.set(sum, heads)
  }

  private async askAgain(proven: boolean): Promise<Reading> {
    taken.unproven++
    expect(proven).toBe(false)
    const all = await this.ask(undefined)
    if (!all) throw new Error('an answer with all heads does not prove itself')
    return all
  }

  private async ask(known: Reading | undefined): Promise<Reading | undefined> {
    const asked = { kind: this.registry.kind, seq: known?.seq, mark: known?.mark }
    const { seq, mark, kinds } = await this.registry.call<Answer>('registry_heads_since', [asked])
    const moved = kinds[0]!
    taken[moved.whole ? 'whole' : 'moved']++
    const heads = mergeHeads(known?.heads ?? new Map(), moved)
    return heads && { seq, mark: mark ?? '', heads }
  }
}

const id = fc.constantFrom(...IDS)
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('publish' as const),
      id,
      text: fc.nat(3),
      draft: fc.boolean(),
      unhold: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('look' as const),
      client: fc.nat(CLIENTS - 1),
      keeps: fc.boolean(),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('to' as const, 'withdraw' as const),
      id,
      version: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'remove' as const,
        'undelete' as const,
        'promote' as const,
        'disable' as const,
        'enable' as const,
      ),
      id,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('rebase' as const, 'prune' as const, 'tamper' as const, 'tamper' as const),
    }),
  },
  // Each takes as long as everything else together.
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('backUp' as const, 'restore' as const) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** One registry, several clients, and the histories that they go through. */
class History {
  private readonly registry = new RegistryUnderTest(db)
  private readonly clients = Array.from({ length: CLIENTS }, () => new KeepingClient(this.registry))
  private hasBackup = false
  /** Whether rows were written that no event tells of. */
  private tampered = false

  async take(one: Step): Promise<void> {
    if (one.do === 'look') return this.clients[one.client]!.look(one.keeps, !this.tampered)
    await this.move(one).catch((error: { code?: string }) => {
      // The registry refuses much of what a random history asks for.
      if (!error.code?.startsWith('PT')) throw error
    })
  }

  async end(): Promise<void> {
    for (const client of this.clients) await client.look(true, !this.tampered)
    // What was kept last is proven again.
    for (const client of this.clients) await client.look(true, true)
  }

  private async move(one: Exclude<Step, { do: 'look' }>): Promise<unknown> {
    const { registry } = this
    if (one.do === 'publish') {
      const state = one.draft ? 'draft' : 'active'
      const wanted = { id: one.id, text: String(one.text), state, expected: await this.newest(one.id) }
      return registry.publish([wanted], { unhold: one.unhold })
    }
    if (one.do === 'to' || one.do === 'withdraw') return registry[one.do](one.id, one.version)
    if (one.do === 'remove') {
      const removals = [{ id: one.id, expectedVersion: await this.newest(one.id) }]
      return registry.publish([], { removals })
    }
    if ('id' in one) return registry[one.do](one.id)
    return this[one.do]()
  }

  private async newest(wanted: string): Promise<number> {
    const heads = await this.registry.call<Head[]>('registry_heads_json', [this.registry.kind])
    return heads.find((head) => head.id === wanted)?.latestVersion ?? 0
  }

  private rebase(): Promise<unknown> {
    const commit = { sha: 'e'.repeat(40), rank: 1, dirty: false }
    const about = { kind: this.registry.kind, actor: 'bob', reason: 'moved', commit }
    return this.registry.call('registry_rebase', { action: 'rebase', key: crypto.randomUUID(), ...about })
  }

  private async prune(): Promise<void> {
    await db.query(`insert into public.registry_policies (kind, event_count) values ('*', 2)
      on conflict (kind) do update set event_count = 2`)
    await this.registry.call('registry_prune_events', {})
    await db.query(`update public.registry_policies set event_count = null where kind = '*'`)
  }

  /** A write by hand, to a column that nothing else shows. */
  private async tamper(): Promise<void> {
    const changed = await db.query<Row>(
      `update public.registry_heads set metadata = metadata || '{"summary": "by hand"}'
       where kind = $1 returning id`,
      [this.registry.kind],
    )
    if (changed.length > 0) this.tampered = true
  }

  private async backUp(): Promise<void> {
    await backUp(asDatabase)
    this.hasBackup = true
  }

  /** From here on the registry gives its numbers again, and its rows have been written anew. */
  private async restore(): Promise<void> {
    if (!this.hasBackup) return
    await restore(asDatabase)
    this.tampered = true
  }
}

test('after any history, with prunes, restores and writes by hand, kept heads and what moved since are all heads', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24 }), async (steps) => {
      const history = new History()
      for (const one of steps) await history.take(one)
      await history.end()
    }),
    { numRuns: 25 },
  )
  expect(taken.moved).toBeGreaterThan(50)
  expect(taken.whole).toBeGreaterThan(50)
  expect(taken.unproven).toBeGreaterThan(3)
  expect(taken.sameSum).toBeGreaterThan(20)
})

test('an event of another history, of none and of the future is answered with all heads, and one that is malformed is refused', async () => {
  const registry = new RegistryUnderTest(db)
  const { seq } = await registry.publish([{ id: 'a' }, { id: 'b' }])
  const ask = async (known: Row) =>
    (await registry.call<Answer>('registry_heads_since', [{ kind: registry.kind, ...known }])).kinds[0]!
  const now = await registry.call<Answer>('registry_heads_since', [])
  expect(now).toMatchObject({ seq, kinds: [] })
  const mark = now.mark as string
  expect(await ask({ seq, mark })).toMatchObject({ whole: false, heads: [], stamps: {}, count: 2 })
  for (const known of [
    {},
    { seq },
    { mark },
    { seq, mark: crypto.randomUUID() },
    { seq: seq - 1, mark },
    { seq: seq + 1, mark },
  ])
    expect(await ask(known)).toMatchObject({ whole: true, heads: [{ id: 'a' }, { id: 'b' }], count: 2 })
  await expect(ask({ seq, mark: 'x' })).rejects.toMatchObject({ code: '22P02' })
  const other = new RegistryUnderTest(db)
  await other.publish([{ id: 'a' }])
  // Another kind moved, and this one did not.
  expect(await ask({ seq, mark })).toMatchObject({ whole: false, heads: [], count: 2 })
})
