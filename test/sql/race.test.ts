import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ReleaseResult } from '../../src/contract/protocol/sync.ts'
import { checkInvariants } from '../harness/invariants.ts'
import { createDatabase, type PostgresDatabase } from '../harness/postgres.ts'
import { digestFor, fresh, RegistryUnderTest, type Wanted } from './support/registry-under-test.ts'

const ROUNDS = 20
const PUBLISHERS = 8

describe('publishers that race on PostgreSQL', () => {
  let db: PostgresDatabase
  beforeAll(async () => {
    db = await createDatabase()
  })
  afterAll(() => db.drop())

  test('have one winner each round, the others get its name, and every state is consistent', async () => {
    const registry = new RegistryUnderTest(db, 'agents')
    const wins: Record<string, number> = {}
    for (let round = 0; round < ROUNDS; round++) {
      const requests = await Promise.all(
        Array.from({ length: PUBLISHERS }, (_, index) =>
          registry.stage(
            [
              { id: 'shared', text: `${round} ${index}`, expected: round },
              { id: `own-${index}`, text: `${round}`, expected: 0 },
            ],
            { sha: `c-${round}-${index}`, rank: round },
          ),
        ),
      )
      const results = await Promise.all(
        requests.map((request) =>
          registry.commit(request).then(
            () => 'won',
            (error: { code: string; detail: string }) =>
              `${error.code} ${JSON.parse(error.detail).definitions[0].id}`,
          ),
        ),
      )
      for (const result of results) wins[result] = (wins[result] ?? 0) + 1
      expect(results.filter((result) => result === 'won').length).toBeLessThanOrEqual(1)
    }
    expect(Object.values(wins).reduce((sum, n) => sum + n, 0)).toBe(ROUNDS * PUBLISHERS)
    expect(await checkInvariants(db)).toEqual([])
  })

  test('append exactly what was checked, whatever arrives under the key meanwhile', async () => {
    const registry = new RegistryUnderTest(db, 'agents')
    const key = fresh('key')
    const request = await registry.stage([{ id: 'watched', text: 'checked' }], { key })
    const { committed, other } = await db.transaction(async (query) => {
      const waiting = async () =>
        (
          await query(
            'select from pg_locks l join pg_database d on d.oid = l.database where not granted and datname = current_database()',
          )
        ).length
      // Stops the commit where it compares the heads, after it has checked the staged items.
      await query('lock table public.registry_heads in access exclusive mode')
      const committed = registry.commit(request)
      await expect.poll(waiting).toBe(1)
      let arrived = false
      const other = registry.stage([{ id: 'watched', text: 'slipped in' }], { key }).finally(() => {
        arrived = true
      })
      await expect.poll(async () => arrived || (await waiting()) === 2).toBe(true)
      return { committed, other }
    })
    const digest = digestFor({ id: 'watched', text: 'checked' })
    expect(await committed).toMatchObject({ outcomes: [{ outcome: 'added', digest }] })
    await other
    expect(await registry.head('watched')).toMatchObject({ digest })
  })

  test('all succeed if they change different definitions, and seq has no gap', async () => {
    const registry = new RegistryUnderTest(db)
    for (let round = 0; round < ROUNDS; round++) {
      const results = await Promise.all(
        Array.from({ length: PUBLISHERS }, (_, index) =>
          registry.publish([{ id: `p-${index}`, text: `${round}`, expected: round }], { rank: round }),
        ),
      )
      expect(new Set(results.map((result) => result.seq)).size).toBe(PUBLISHERS)
    }
    expect(await checkInvariants(db)).toEqual([])
  })

  test('converge on equal content, and one key has one effect', async () => {
    const registry = new RegistryUnderTest(db)
    for (let round = 0; round < ROUNDS; round++) {
      const key = fresh('key')
      const item = { id: 'a', text: `${round}`, expected: round }
      const request = await registry.stage([item], { key })
      const others = await Promise.all(Array.from({ length: 4 }, () => registry.stage([item])))
      const results = await Promise.allSettled(
        [...Array.from({ length: 4 }, () => request), ...others].map((one) => registry.commit(one)),
      )
      const effects = new Set<string>()
      for (const result of results)
        if (result.status === 'rejected')
          expect(result.reason).toMatchObject({
            code: 'PT409',
            message: expect.stringMatching(/moved nothing/),
          })
        else if (result.value.releaseId && !result.value.replayed) effects.add(result.value.releaseId)
      expect(effects.size).toBe(1)
    }
    expect((await registry.head('a')).latestVersion).toBe(ROUNDS)
    expect(await checkInvariants(db)).toEqual([])
  })

  test('never restore content that a concurrent rollback removed', async () => {
    const registry = new RegistryUnderTest(db)
    await registry.publish([{ id: 'a', text: 'good' }])
    await registry.publish([{ id: 'a', text: 'bad', expected: 1 }])
    let version = 2
    for (let round = 0; round < ROUNDS; round++) {
      const request = await registry.stage([{ id: 'a', text: `${round}`, expected: version }])
      const target = { kind: registry.kind, id: 'a', toVersion: 1, expectedVersion: version }
      const results = await Promise.allSettled([registry.commit(request), registry.rollback(target)])
      const failed = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []))
      expect(['PT409', 'PT412']).toContain(failed[0])
      expect(failed).toHaveLength(1)
      version++
      if (results[1]?.status === 'fulfilled') {
        await registry.publish([{ id: 'a', text: `next ${round}`, expected: version }])
        version++
      }
    }
    expect(await checkInvariants(db)).toEqual([])
  })

  test('change a draft once among promotions, publishes and rollbacks, and the others are refused', async () => {
    const registry = new RegistryUnderTest(db)
    let version = 0
    const publish = async (item: Partial<Wanted>) => {
      await registry.publish([{ id: 'a', ...item, expected: version++ }])
    }
    await publish({ text: 'first' })
    for (let round = 0; round < ROUNDS; round++) {
      await publish({ text: `live ${round}` })
      const draft = { text: `draft ${round}`, status: 'active' }
      await publish({ ...draft, state: 'draft' })
      const expectedVersion = version
      const staged = { id: 'a', expected: expectedVersion }
      const other = await registry.stage([{ ...staged, text: `other ${round}` }])
      const same = await registry.stage([{ ...staged, ...draft }])
      const target = { kind: registry.kind, id: 'a', toVersion: 1, expectedVersion }
      const promote: Racer = [/^PT412$/, () => registry.promote('a', { expectedVersion })]
      const rollback: Racer = [/^PT412$/, () => registry.rollback(target)]
      const racers: Racer[] = [
        promote,
        rollback,
        [/^PT409$/, () => registry.commit(other)],
        promote,
        // After the promotion, the same content needs no publish.
        [/^(PT409|unchanged)$/, () => registry.commit(same)],
        rollback,
      ]
      // The first caller often wins, so the order rotates.
      const lined = racers.map((_, index) => racers[(index + round) % racers.length]!)
      const ended = await Promise.all(lined.map(([, run]) => run().then(endOf, (error) => error.code)))
      expect(ended.filter((end) => end === 'won')).toHaveLength(1)
      for (const [index, [told]] of lined.entries())
        if (ended[index] !== 'won') expect(ended[index]).toMatch(told)
      version++
      expect((await registry.head('a')).latestVersion).toBe(version)
    }
    expect(await checkInvariants(db)).toEqual([])
  })
})

/** The refusal that a loser gets, and the call that it makes. */
type Racer = [told: RegExp, run: () => Promise<ReleaseResult>]

const endOf = ({ releaseId }: ReleaseResult) => (releaseId === null ? 'unchanged' : 'won')
