import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Job } from '../../src/edge/auth/identity-policy.ts'
import { pinRepository } from '../../src/edge/auth/pin-repository.ts'
import type { TestDatabase } from '../harness/database.ts'
import { createDatabase, type PostgresDatabase } from '../harness/postgres.ts'
import { CALLERS } from './support/access-matrix.ts'
import { onBothEngines } from './support/engines.ts'
import { fresh, refusalOf } from './support/registry-under-test.ts'

const ISSUER = 'https://ci.example.com'
const SOON = new Date(Date.now() + 300_000).toISOString()
const CLAIM = 'select public.registry_claim_token($1, $2, $3, $4)'

const claim = (db: TestDatabase, token: string, key: string, { issuer = ISSUER, expires = SOON } = {}) =>
  db.as({ role: 'service_role' }, (query) => query(CLAIM, [issuer, token, key, expires]))

onBothEngines('an identity token', (db) => {
  test('is valid only for the key that it is first used with, however often', async () => {
    const token = fresh('token')
    for (let time = 0; time < 3; time++) await claim(db(), token, 'the-first-key')
    expect(await refusalOf(db(), () => claim(db(), token, 'another-key'))).toEqual({
      sqlstate: 'PT401',
      code: 'REMOTE_DENIED',
      message: 'the identity token was used for another publish',
      hint: 'request a new token: a token is valid for one idempotency key',
      detail: {},
      left: false,
    })
    await claim(db(), fresh('token'), 'the-first-key')
    await claim(db(), token, 'another-key', { issuer: 'https://other.example.com' })
  })

  test('is forgotten an hour after it expires, and not earlier', async () => {
    const ended = (minutes: number) => ({ expires: new Date(Date.now() - minutes * 60_000).toISOString() })
    await claim(db(), 'long-gone', 'a-key', ended(61))
    await claim(db(), 'just-gone', 'a-key', ended(59))
    await claim(db(), fresh('token'), 'a-key')
    const rows = await db().query(`select token from public.registry_used_tokens where token like '%-gone'`)
    expect(rows).toEqual([{ token: 'just-gone' }])
  })

  test.each(['anon', 'user', 'publisher'] as const)('can neither be claimed nor seen by %s', async (name) => {
    for (const sql of [
      `select public.registry_claim_token('i', 't', 'k', now())`,
      'select token from public.registry_used_tokens',
    ])
      await expect(db().as(CALLERS[name], (query) => query(sql))).rejects.toMatchObject({ code: '42501' })
  })

  test.each([
    ['an object', `('agents', '{}', '{"issuer": "x"}')`, 'registry_policies_identities_check'],
    ['a cap for all kinds', `('*', '{"limits.turns": 4}', '[]')`, 'registry_policies_caps_of_a_kind'],
  ])('policies that would match no token are refused: %s', async (_what, values, constraint) => {
    const insert = `insert into public.registry_policies (kind, caps, identities) values ${values}`
    await expect(db().query(insert)).rejects.toMatchObject({
      code: '23514',
      message: expect.stringContaining(constraint),
    })
  })
})

describe('an identity token on PostgreSQL', () => {
  let db: PostgresDatabase
  beforeAll(async () => {
    db = await createDatabase()
  })
  afterAll(() => db.drop())

  test('is claimed once by many concurrent publishes', async () => {
    for (let round = 0; round < 10; round++) {
      const old = new Date(Date.now() - 7_200_000).toISOString()
      await Promise.all([1, 2, 3].map((n) => claim(db, `old-${round}-${n}`, 'a-key', { expires: old })))
      const outcomes = await Promise.all(
        Array.from({ length: 8 }, (_, n) =>
          claim(db, `token-${round}`, `key-${n}`).then(
            () => 'counts',
            (error: { code: string }) => error.code,
          ),
        ),
      )
      expect(outcomes.sort()).toEqual([...Array(7).fill('PT401'), 'counts'])
    }
  })
})

onBothEngines('the ids of a repository', (db) => {
  const pin = pinRepository(async (name, args) => {
    const names = Object.keys(args).map((one, index) => `${one} => $${index + 1}`)
    const [row] = await db().as({ role: 'service_role' }, (query) =>
      query(`select public.${name}(${names.join()}) as ids`, Object.values(args)),
    )
    return { data: row?.ids }
  })
  const job = (ids: Pick<Job, 'repositoryId' | 'ownerId'>, repository = 'acme/tools'): Job => ({
    ...{ issuer: ISSUER, audience: 'nofx', ref: 'refs/heads/main', event: 'push' },
    repository,
    ...ids,
  })

  test('are those of its first token that has both, whatever later tokens say', async () => {
    expect(await pin(job({ repositoryId: '1' }))).toEqual({})
    expect(await pin(job({ repositoryId: '1', ownerId: '7' }))).toEqual({ repositoryId: '1', ownerId: '7' })
    expect(await pin(job({ repositoryId: '2', ownerId: '8' }))).toEqual({ repositoryId: '1', ownerId: '7' })
    expect(await pin(job({}))).toEqual({ repositoryId: '1', ownerId: '7' })
    expect(await pin(job({ repositoryId: '2', ownerId: '8' }, 'acme/other'))).toEqual({
      repositoryId: '2',
      ownerId: '8',
    })
  })
})
