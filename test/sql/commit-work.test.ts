import postgres, { type Notice } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { contentHash } from '../../src/contract/digest.ts'
import { createDatabase, type PostgresDatabase } from '../harness/postgres.ts'
import { RegistryUnderTest, stagedItem, type Wanted } from './support/registry-under-test.ts'

/** With a few hundred rows, the planner may take them for one, and the index does not matter. */
const COUNT = 1000
/** The most rows that a step of a statement may look at, for each definition of the release. */
const MOST = 20
const SETTINGS = {
  client_min_messages: 'log',
  'auto_explain.log_level': 'log',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
}

interface PlanNode {
  'Node Type': string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Join Filter'?: number
  'Rows Removed by Index Recheck'?: number
  Plans?: PlanNode[]
}

/** What a step of a statement looked at. */
interface Step {
  query: string
  step: string
  rows: number
}

let db: PostgresDatabase

beforeAll(async () => {
  db = await createDatabase()
})
afterAll(() => db.drop())

/** Calls a function with a value; returns the steps of all its statements, also of those inside of functions. */
async function stepsOf(request: unknown, name = 'registry_commit'): Promise<Step[]> {
  const notices: Notice[] = []
  const sql = postgres(db.url, { max: 1, onnotice: (notice) => notices.push(notice) })
  try {
    await sql`load 'auto_explain'`
    for (const [name, value] of Object.entries(SETTINGS)) await sql.unsafe(`set ${name} = '${value}'`)
    await sql`set role service_role`
    await sql`select public.${sql(name)}(${sql.json(request as never)})`
  } finally {
    await sql.end()
  }
  return notices.flatMap(({ message = '' }) => {
    const [, json] = /^duration: .* plan:\n([\s\S]*)$/.exec(message) ?? []
    if (json === undefined) return []
    const { 'Query Text': query, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: PlanNode }
    return flatten(query, plan)
  })
}

function flatten(query: string, node: PlanNode): Step[] {
  const removed = [
    'Rows Removed by Filter',
    'Rows Removed by Join Filter',
    'Rows Removed by Index Recheck',
  ] as const
  const rows =
    removed.reduce((sum, name) => sum + (node[name] ?? 0), node['Actual Rows']) * node['Actual Loops']
  return [
    { query, step: node['Node Type'], rows },
    ...(node.Plans ?? []).flatMap((inner) => flatten(query, inner)),
  ]
}

const wanted = (text: string, expected: number): Wanted[] =>
  Array.from({ length: COUNT }, (_none, at) => ({ id: `agent-${at}`, text, expected }))

/** Stages all definitions in one part; returns the request that commits them. */
async function stage(registry: RegistryUnderTest, text: string, expected: number): Promise<object> {
  const { kind } = registry
  const items = wanted(text, expected)
  const staged = items.map((item) => stagedItem(item, kind))
  await registry.upload(staged)
  const request = await registry.stage([])
  await registry.call('registry_stage', request.key, kind, kind.replace(/s$/, ''), 0, staged)
  const content = contentHash(staged.map((item) => ({ ...item, expectedVersion: item.expected_version })))
  return { ...request, parts: 1, content }
}

/** Statistics are those of an empty database, as PGlite always has them, or fresh ones. */
test.each([
  ['agents', 'never'],
  ['agents', 'always'],
  ['kinds', 'never'],
  ['kinds', 'always'],
])(
  'the work of a release of %s is proportional to what it moves, if statistics are %s made',
  async (kind, when) => {
    const registry = new RegistryUnderTest(db, `${kind}-${when}`.replace('agents-never', 'agents'))
    const analyze = () => (when === 'always' ? db.run('analyze') : undefined)
    const everything = Array.from({ length: COUNT }, (_none, at) => ({
      kind: registry.kind,
      id: `agent-${at}`,
    }))
    const releases = {
      first: () => stage(registry, '1', 0),
      unchanged: () => stage(registry, '1', 1),
      'all changed': () => stage(registry, '2', 1),
      'earlier content': () => stage(registry, '1', 2),
      removal: () =>
        registry.stage([], {
          removals: everything.map((one) => ({ ...one, expectedVersion: 3 })),
          force: true,
        }),
    }
    for (const [what, begin] of Object.entries(releases)) {
      const request = await begin()
      await analyze()
      const steps = await stepsOf(request)
      expect(steps.length, what).toBeGreaterThan(20)
      expect(
        steps.some(({ rows }) => rows >= COUNT),
        what,
      ).toBe(true)
      expect(
        steps.filter(({ rows }) => rows > MOST * COUNT),
        what,
      ).toEqual([])
    }
  },
)

test('a question about few stored objects looks at these alone, with or without statistics', async () => {
  const registry = new RegistryUnderTest(db, 'stored')
  const staged = wanted('stored', 0).map((item) => stagedItem(item, registry.kind))
  await registry.upload(staged)
  const some = staged.slice(0, 10).map((item) => ({ path: item.bundle_path, size: item.bundle_size }))
  for (const analyze of [false, true]) {
    if (analyze) await db.run('analyze')
    for (const [name, asked] of [
      ['registry_stored_bundles', some],
      ['registry_stored_objects', some.map(({ path }) => path)],
    ] as const) {
      const steps = await stepsOf(asked, name)
      expect(steps.some(({ rows }) => rows >= some.length)).toBe(true)
      expect([name, analyze, steps.filter(({ rows }) => rows > MOST * some.length)]).toEqual([
        name,
        analyze,
        [],
      ])
    }
  }
})
