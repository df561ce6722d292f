import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OWN_KINDS } from '../../src/api/own-kinds.ts'
import { ROUTES } from '../../src/api/routes/routes.ts'
import { createEmbeddedRegistry } from '../../src/cloud/embedded/open-embedded.ts'
import type { Registry } from '../../src/core/registry/registry.ts'
import { type ApiUnderTest, openApiUnderTest } from '../api/support/api-under-test.ts'
import { databaseInEnglish } from '../harness/cloud-database.ts'
import { fillLargeRegistry, largeUuid } from '../harness/large-registry.ts'
import { type StatementReads, watchPlans } from '../harness/read-plans.ts'
import { openServerCloud } from '../harness/test-cloud.ts'
import { FUNCTIONS } from './support/access-matrix.ts'
import { type Caller, type Cost, REQUESTS, STATEMENTS } from './support/large-reads.ts'

let api: ApiUnderTest
let registry: Registry
let sql: Sql
let reads: (work: () => Promise<unknown>) => Promise<StatementReads[]>
let headers: Record<Caller, Record<string, string>>
const texts: string[] = []

beforeAll(async () => {
  const database = await databaseInEnglish()
  const { cloud } = await openServerCloud(database)
  await cloud.close()
  await fillLargeRegistry(database.query, { definitions: 10_000, versions: 20 })
  reads = await watchPlans(database.query, database.name)
  api = await openApiUnderTest({ database })
  registry = createEmbeddedRegistry(api.cloud, OWN_KINDS, 'the registry')
  sql = postgres(database.url, { max: 1, onnotice: () => {} })
  const { secret } = api.cloud.keys
  headers = {
    anon: {},
    publisher: await api.token(),
    secret: { apikey: secret, authorization: `Bearer ${secret}` },
  }
  // The first request reads the schema.
  await api.get('/api/health')
})
afterAll(async () => {
  await sql.end()
  await api.close()
})

/** Does `work` and compares what it read with what it may cost. */
async function within({ rows: limit }: Cost, work: () => Promise<unknown>): Promise<void> {
  const statements = await reads(work)
  texts.push(...statements.map(({ text }) => text))
  const rows = statements.map((one) => [...one.rows.values()].reduce((a, b) => a + b, 0))
  const pages = statements.reduce((sum, one) => sum + one.pages, 0)
  const most = statements[rows.indexOf(Math.max(...rows))]
  const cause =
    most && `${[...most.rows].map(([table, count]) => `${table} ${count}`)}: ${most.text.slice(0, 400)}`
  expect(statements, 'nothing was read').not.toEqual([])
  expect(
    rows.reduce((a, b) => a + b, 0),
    `rows that were read; most of them ${cause}`,
  ).toBeLessThanOrEqual(limit)
  expect(pages, `pages that were read; most rows ${cause}`).toBeLessThanOrEqual(100 + 6 * limit)
}

describe('in a registry of 10,000 agents with 20 versions each', () => {
  test.each(
    REQUESTS.flatMap(([path, callers, cost]) => callers.map((caller) => [path, caller, cost] as const)),
  )('GET %s as %s reads what is asked for', async (path, caller, cost) => {
    await within(cost, async () => {
      const { status, text } = await api.get(path, headers[caller])
      expect(status, text).toBeLessThan(400)
    })
  })

  test.each(STATEMENTS)('%s reads what is asked for', async (_, role, statements, cost) => {
    const back = new Error('take back')
    await within(cost, async () => {
      await sql
        .begin(async (inside) => {
          await inside.unsafe(`set local role ${role}`)
          for (const statement of statements) await inside.unsafe(statement).simple()
          throw back
        })
        .catch((error) => {
          if (error !== back) throw error
        })
    })
  })

  const page = { limit: 1_000, after: { id: 'agent-05000', version: 3 } }
  const at = '2026-01-02T00:00:00.000Z'
  test.each<[string, number, () => Promise<unknown>]>([
    ['a head', 1, () => registry.head('agents', 'agent-00042')],
    ['the history of one', 20, () => registry.history('agents', 'agent-00042')],
    ['a version', 1, () => registry.revision('agents', 'agent-00042', 7)],
    ['what was live of one', 1, () => registry.liveAt('agents', at, 'agent-00042')],
    [
      'two versions',
      2,
      () => registry.revisions([1, 2].map((n) => ({ kind: 'agents', id: `agent-0004${n}`, version: n }))),
    ],
    ['releases', 20, () => registry.releases(20)],
    ['a release by the start of its id', 1, () => registry.release(largeUuid(77).slice(0, 8))],
    ['a page of versions, to verify', 1_000, () => registry.revisionRows('agents', page)],
    ['a page of heads, to verify', 1_000, () => registry.headRows('agents', page)],
    ['reports', 20, () => registry.reports.list({ limit: 20 })],
    ['a report', 1, () => registry.reports.show(largeUuid(77))],
    ['events', 100, () => registry.events(199_900, 100)],
    ['what a key made', 1, () => registry.findInstance('plan-77', 'owner')],
  ])('the port reads %s alone', async (_, rows, work) => {
    await within({ rows: 100 + 4 * rows }, work)
  })
})

/** Routes that read no registry, the same as another route, or every live definition. */
const OTHER_ROUTES =
  /openapi|schemas|rules|session|mcp|runs|v0\.1|graph|incident|previews\/:|agent-skills\/:|marketplaces/

test('every route that reads is among the requests', () => {
  const asked = REQUESTS.map(([path]) => path.replace(/\?.*/, ''))
  const missing = ROUTES.filter(({ method, path }) => method === 'GET' && !OTHER_ROUTES.test(path))
    .map(({ path }) => path)
    .filter(
      (path) =>
        !asked.some((one) => new RegExp(`^${path.replace(/:[a-z]+(\{[^}]*\})?/gi, '[^/]+')}$`).test(one)),
    )
  expect(missing).toEqual([])
})

/** Functions that read rows of webhooks, tokens and settings alone, of which there are few. */
const OF_FEW_ROWS =
  /webhook|claim|pin_repository|set_up|setup_state|is_publisher|user_publishes|preview_write|version_|preview_(agent|template|registry_(releases|counter|events|validation))/

test('every function that a client may call was called', () => {
  const called = texts.join('\n')
  const missing = Object.entries(FUNCTIONS)
    .filter(([name, callers]) => callers.length > 0 && !OF_FEW_ROWS.test(name))
    .map(([name]) => name.replace(/\(.*/, ''))
    .filter((name) => !called.includes(name))
  expect(missing).toEqual([])
})
