import { afterAll, beforeAll, expect, test } from 'vitest'
import { become, type Query, type TestDatabase } from '../harness/database.ts'
import { createPgliteDatabase } from '../harness/pglite.ts'
import { READS } from './support/access-cases.ts'
import { writeAccessHistory } from './support/access-history.ts'
import { CALLERS } from './support/access-matrix.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createPgliteDatabase()
  await writeAccessHistory(db)
})
afterAll(() => db.drop())

interface Policy {
  schema: string
  relation: string
  name: string
}

/** The rows that each caller gets from a statement, which is rolled back. */
async function seen(query: Query, sql: string): Promise<string> {
  const answers: string[] = []
  for (const caller of Object.values(CALLERS)) {
    await query('savepoint looking')
    await become(query, caller)
    const rows = await query<{ id: string }>(sql).catch((error: { code: string }) => [{ id: error.code }])
    answers.push(JSON.stringify(rows.map((row) => row.id).sort()))
    await query('rollback to savepoint looking')
  }
  return answers.join(' ')
}

/** Whether a caller gets other rows without the policy; statements on the policy's own table are tried first. */
async function isMissed(query: Query, policy: Policy, whole: ReadonlyMap<string, string>): Promise<boolean> {
  await query('savepoint whole')
  await query(`drop policy ${policy.name} on ${policy.schema}.${policy.relation}`)
  const own = (sql: string) => Number(sql.includes(policy.relation))
  let missed = false
  for (const sql of [...whole.keys()].sort((a, b) => own(b) - own(a))) {
    missed = (await seen(query, sql)) !== whole.get(sql)
    if (missed) break
  }
  await query('rollback to savepoint whole')
  return missed
}

test('dropping any one policy changes what some caller reads', async () => {
  const policies = await db.query<Policy>(
    `select schemaname as schema, tablename as relation, policyname as name from pg_policies order by 1, 2, 3`,
  )
  const unmissed: string[] = []
  await db.transaction(async (query) => {
    const whole = new Map<string, string>()
    for (const [sql] of READS) whole.set(sql, await seen(query, sql))
    for (const policy of policies)
      if (!(await isMissed(query, policy, whole)))
        unmissed.push(`${policy.name} on ${policy.schema}.${policy.relation}`)
  })
  expect(unmissed).toEqual([])
  expect(policies.map((policy) => policy.schema)).toEqual(expect.arrayContaining(['public', 'storage']))
})
