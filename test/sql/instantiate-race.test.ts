import postgres from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkInvariants } from '../harness/invariants.ts'
import { createDatabase, type PostgresDatabase } from '../harness/postgres.ts'
import { AGENT, type Answer, instantiate, lockOf, PLAN, request } from './support/instantiation-under-test.ts'
import { RegistryUnderTest } from './support/registry-under-test.ts'

const CALLS = 50
const ROUNDS = 20

describe('instantiations that race on PostgreSQL', () => {
  let db: PostgresDatabase
  beforeAll(async () => {
    db = await createDatabase()
  })
  afterAll(() => db.drop())

  test('give one plan and 50 equal answers to 50 connections with one key', async () => {
    const registry = new RegistryUnderTest(db)
    await registry.publish([AGENT, PLAN])
    const wanted = request(registry)
    const connections = Array.from({ length: CALLS }, () => postgres(db.url, { max: 1, onnotice: () => {} }))
    await Promise.all(connections.map((sql) => sql`select 1`))
    const answers = await Promise.all(
      connections.map(async (sql) => {
        const [row] = await sql`select public.registry_instantiate(${sql.json(wanted as never)}) as answer`
        return row?.answer as Answer
      }),
    )
    await Promise.all(connections.map((sql) => sql.end()))
    expect(answers.filter(({ replayed }) => !replayed)).toHaveLength(1)
    expect(new Set(answers.map((answer) => JSON.stringify({ ...answer, replayed: true }))).size).toBe(1)
    expect(
      await db.query('select plan_id from public.template_instantiations where idempotency_key = $1', [
        wanted.key,
      ]),
    ).toEqual([{ plan_id: answers[0]?.planId }])
  })

  test('never mix two releases: a publish comes before a plan or after it', async () => {
    const registry = new RegistryUnderTest(db)
    await registry.publish([AGENT, PLAN])
    for (let version = 1; version <= ROUNDS; version++) {
      const at = (of: typeof PLAN, n: number) => ({ ...of, text: String(n) })
      const publish = await registry.stage([
        { ...at(AGENT, version + 1), expected: version },
        { ...at(PLAN, version + 1), expected: version },
      ])
      const wanted = () =>
        request(registry, {
          source: lockOf(registry, at(PLAN, version), version),
          locks: [lockOf(registry, at(AGENT, version), version)],
        })
      const torn = () =>
        request(registry, {
          source: lockOf(registry, at(PLAN, version + 1), version + 1),
          locks: [lockOf(registry, at(AGENT, version), version)],
        })
      const calls = Array.from({ length: 6 }, (_, n) => instantiate(registry, n % 2 ? torn() : wanted()))
      const [released, ...plans] = await Promise.allSettled([registry.commit(publish), ...calls])
      expect(released.status).toBe('fulfilled')
      for (const [n, plan] of plans.entries())
        if (n % 2 || plan.status === 'rejected')
          expect(plan).toMatchObject({ status: 'rejected', reason: { code: 'PT409' } })
    }
    expect(await checkInvariants(db)).toEqual([])
  })
})
