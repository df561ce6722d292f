import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestDatabase } from '../harness/database.ts'
import { createPgliteDatabase } from '../harness/pglite.ts'

const PUBLISHER = { nofx_role: 'publisher' }

// The schema of Auth belongs to the platform: on PostgreSQL the role that migrates must not create tables in it.
describe('whether a user may publish', () => {
  let database: TestDatabase
  const db = () => database
  beforeAll(async () => {
    database = await createPgliteDatabase()
  })
  afterAll(() => database.drop())

  const asks = async (user: string, session: string | null = null) => {
    const [row] = await db().query('select public.registry_user_publishes($1, $2) as publishes', [
      user,
      session,
    ])
    return row?.publishes
  }

  test('is not checked for tokens that the owner signed for users unknown to Auth', async () => {
    expect(await asks('ada')).toBe(true)
    expect(await asks(randomUUID())).toBe(true)
  })

  test('depends on the current state in Auth: role, ban, deletion, session', async () => {
    await db().run(`create schema if not exists auth;
      create table if not exists auth.users (id uuid primary key);
      alter table auth.users add column if not exists raw_app_meta_data jsonb,
        add column if not exists banned_until timestamptz, add column if not exists deleted_at timestamptz;
      create table if not exists auth.sessions (id uuid primary key, user_id uuid)`)
    const [user, session] = [randomUUID(), randomUUID()]
    expect(await asks(user, session)).toBe(false)
    await db().query('insert into auth.users (id, raw_app_meta_data) values ($1, $2)', [
      user,
      JSON.stringify(PUBLISHER),
    ])
    await db().query('insert into auth.sessions (id, user_id) values ($1, $2)', [session, user])
    expect([await asks(user), await asks(user, session), await asks(user, randomUUID())]).toEqual([
      true,
      true,
      false,
    ])
    const change = async (set: string) => {
      await db().query(`update auth.users set ${set} where id = $1`, [user])
      return asks(user, session)
    }
    expect(await change(`banned_until = now() + interval '1 hour'`)).toBe(false)
    expect(await change(`banned_until = now() - interval '1 hour'`)).toBe(true)
    expect(await change('deleted_at = now()')).toBe(false)
    expect(await change('deleted_at = null')).toBe(true)
    expect(await change(`raw_app_meta_data = '{}'`)).toBe(false)
  })
})
