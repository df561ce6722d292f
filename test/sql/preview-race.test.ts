import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Query } from '../harness/database.ts'
import { checkInvariants, checkPreview } from '../harness/invariants.ts'
import { createDatabase, type PostgresDatabase } from '../harness/postgres.ts'
import { leftOf, PreviewUnderTest, previews, raised, schemaOf } from './support/preview-under-test.ts'
import { fresh, RegistryUnderTest } from './support/registry-under-test.ts'

const NOTHING = { schemas: 0, rows: 0, functions: 0, objects: 0 }

/** The results of concurrent calls: `ok`, or the code of the refusal. */
async function outcomes(calls: Promise<unknown>[]): Promise<string[]> {
  const results = await Promise.allSettled(calls)
  return results.map((one) => (one.status === 'fulfilled' ? 'ok' : (one.reason.code ?? String(one.reason))))
}

describe('previews on PostgreSQL', () => {
  let db: PostgresDatabase
  beforeAll(async () => {
    db = await createDatabase()
  })
  afterAll(() => db.drop())

  const waiting = async () => {
    const [row] = await db.query<{ n: number }>(
      `select count(*)::integer as n from pg_locks l join pg_stat_activity a using (pid)
       where not l.granted and a.datname = current_database()`,
    )
    return row!.n
  }
  const takeDown = async (name: string) => {
    const { close, empty, down } = previews(db)
    await close(name)
    await empty(name)
    return down(name)
  }

  test('are made and removed twenty at once while production publishes and is read without a failure', async () => {
    const registry = new RegistryUnderTest(db, 'agents')
    await registry.publish([{ id: 'shared' }])
    let live = 20
    const failed: unknown[] = []
    const life = async (index: number) => {
      const preview = await raised(db, `pr-${index}`, 'agents')
      const published = await preview.publish([{ id: 'n', text: `${index}` }, { id: `o-${index}` }])
      expect(published.outcomes).toHaveLength(2)
      expect((await preview.head('n')).metadata).toMatchObject({ summary: `${index}` })
      expect(await takeDown(preview.name)).toMatchObject({ removed: true })
    }
    const lives = Promise.all(Array.from({ length: live }, (_, index) => life(index).finally(() => live--)))
    let round = 0
    const production = async (call: () => Promise<unknown>) => {
      while (live > 0) await call().catch((error) => failed.push(error))
    }
    await Promise.all([
      lives,
      production(() => registry.publish([{ id: 'shared', text: `r${++round}`, expected: round }])),
      production(() => registry.head('shared')),
      production(() =>
        registry.db.as({ role: 'anon' }, (query) => query('select id from public.agent_registry')),
      ),
    ])
    expect(failed).toEqual([])
    expect(round).toBeGreaterThan(0)
    expect(await leftOf(db.query)).toEqual(NOTHING)
    expect(await checkInvariants(db)).toEqual([])
  })

  test('do not block production while they are made, written and dropped; production’s tables are only read', async () => {
    const registry = new RegistryUnderTest(db)
    await registry.publish([{ id: 'a' }])
    const key = fresh('key')
    const preview = new PreviewUnderTest(db, 'slow', registry.kind)
    const locks = (query: Query) =>
      query(
        `select distinct c.relname, l.mode from pg_locks l join pg_class c on c.oid = l.relation
         where l.pid = pg_backend_pid() and c.relnamespace = 'public'::regnamespace
           and l.mode <> 'AccessShareLock' and c.relname not like 'registry\\_previews%'`,
      )
    let expected = 1
    const goesOn = async () => {
      const result = await registry.publish([{ id: 'a', text: `${expected}+`, expected }], {
        key: `${key}-${expected}`,
      })
      expect(result.outcomes).toMatchObject([{ outcome: 'updated' }])
      expected++
    }
    const slowly = (sql: string, values: unknown[]) =>
      db.transaction(async (query) => {
        await query(sql, values)
        expect(await locks(query)).toEqual([])
        await goesOn()
      })
    await slowly('select public.registry_preview_up($1::jsonb)', [{ name: 'slow', origin: 'x', actor: 'x' }])
    // The same key as production's next publish.
    const request = await preview.stage([{ id: 'a', text: 'mine', expected: 2 }], { key: `${key}-2` })
    const args = { p_request: request }
    await slowly(`select public.registry_preview_write('slow', 'registry_commit', $1::jsonb)`, [args])
    expect(await preview.versions('a')).toEqual(['1 active 1', '2 active 1+', '3 active mine'])
    await previews(db).close('slow')
    await previews(db).empty('slow')
    await slowly(`select public.registry_preview_down('slow')`, [])
    expect(await leftOf(db.query)).toEqual(NOTHING)
  })

  test('are removed after a running commit, and later callers get NOT_FOUND', async () => {
    const preview = await raised(db, 'busy')
    const request = await preview.stage([{ id: 'a' }])
    const late = await preview.stage([{ id: 'b' }])
    const { closing, after } = await db.transaction(async (query) => {
      await query(`select public.registry_preview_write('busy', 'registry_commit', $1::jsonb)`, [
        { p_request: request },
      ])
      const closing = previews(db).close('busy')
      await expect.poll(waiting).toBe(1)
      const after = outcomes([preview.commit(late), preview.head('a'), preview.rows('registry_heads')])
      await expect.poll(waiting).toBe(4)
      return { closing, after }
    })
    expect(await closing).toEqual({ name: 'busy', closed: true })
    expect(await after).toEqual(['PT404', 'PT404', 'PT404'])
    await takeDown('busy')
  })

  test('answer commits and reads that race a removal completely or with NOT_FOUND', async () => {
    for (let round = 0; round < 3; round++) {
      const preview = await raised(db, 'torn')
      const request = await preview.stage([{ id: 'a' }])
      const results = await outcomes([
        preview.rows('registry_revisions'),
        takeDown('torn'),
        preview.commit(request),
        ...Array.from({ length: 4 }, () => preview.head('a')),
        previews(db).list(),
      ])
      expect(results[1]).toBe('ok')
      expect(results.at(-1)).toBe('ok')
      for (const result of results) expect(['ok', 'PT404']).toContain(result)
      expect(await leftOf(db.query)).toEqual(NOTHING)
    }
  })

  test('of one name are made once by concurrent callers, and another origin is refused', async () => {
    const { up, down } = previews(db)
    const same = await Promise.all(Array.from({ length: 4 }, () => up('pr-7')))
    expect(same.filter((one) => one.created)).toHaveLength(1)
    expect(new Set(same.map((one) => one.createdAt)).size).toBe(1)
    await down('pr-7')
    const other = await outcomes([up('pr-8', { origin: 'a' }), up('pr-8', { origin: 'b' })])
    expect(other.sort()).toEqual(['PT409', 'ok'])
    await db.query(`insert into public.registry_policies (kind, preview_count) values ('*', 2)`)
    expect((await outcomes([up('pr-9'), up('pr-10'), up('pr-11')])).sort()).toEqual(['PT422', 'PT422', 'ok'])
    await db.query(`delete from public.registry_policies where kind = '*'`)
    for (const name of ['pr-8', 'pr-9', 'pr-10', 'pr-11']) await down(name)
    expect(await leftOf(db.query)).toEqual(NOTHING)
  })

  test('refuse a commit if production changes the definition meanwhile', async () => {
    const registry = new RegistryUnderTest(db)
    await registry.publish([{ id: 'a' }])
    const preview = await raised(db, 'moved', registry.kind)
    const request = await preview.stage([{ id: 'a', text: 'mine', expected: 1 }])
    const { committing } = await db.transaction(async (query) => {
      // The commit reads this table after it has compared the heads.
      await query(`lock table ${schemaOf('moved')}.registry_kinds in exclusive mode`)
      const committing = outcomes([preview.commit(request)])
      await expect.poll(waiting).toBe(1)
      await registry.publish([{ id: 'a', text: 'theirs', expected: 1 }])
      return { committing }
    })
    expect(await committing).toEqual(['PT409'])
    expect(await preview.versions('a')).toEqual(['1 active 1', '2 active theirs'])
    expect(await checkPreview(db, schemaOf('moved'))).toEqual([])
    await takeDown('moved')
  })
})
