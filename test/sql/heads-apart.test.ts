import { afterAll, beforeAll, expect, test } from 'vitest'
import type { AskedKind, Head } from '../../src/core/registry/registry.ts'
import { groupTrees } from '../../src/core/registry/tree-groups.ts'
import { answerApart } from '../core/support/heads-apart.ts'
import type { Query, TestDatabase } from '../harness/database.ts'
import fc from '../harness/fast-check.ts'
import { createDatabase } from '../harness/postgres.ts'

let db: TestDatabase
beforeAll(async () => {
  db = await createDatabase()
  await db.query('select public.registry_preview_up($1)', [{ name: 'pr-1', origin: 'x', actor: 'x' }])
})
afterAll(() => db?.drop())

/** Ids whose order is not the same in every collation. */
const IDS = ['a', 'a-b', 'a0', 'ab', 'b', 'b-1', 'b1', 'c', 'd', 'e']
const HOLD = [{ digest: 'd', version: 1, reason: null, by: 'a', since: '2026-01-01T00:00:00Z' }]
const OFF = { reason: 'r', by: 'a', since: '2026-01-01T00:00:00Z' }
const NEED = [{ relation: 'requires', kind: 'agents', id: 'x', file: 'a', pointer: [] }]

const seldom = <T>(value: T, otherwise: T) =>
  fc.oneof({ weight: 1, arbitrary: fc.constant(value) }, { weight: 7, arbitrary: fc.constant(otherwise) })
/** Few trees, so that groups are equal; the commit has the trees of the registry but for some. */
const tree = fc.constantFrom('01', '02', '12', 'f1').map((digits) => digits.repeat(20))
const head = fc.record({
  tree: seldom<string | null | undefined>(null, undefined),
  state: fc.oneof(
    { weight: 6, arbitrary: fc.constant('active') },
    { weight: 2, arbitrary: fc.constantFrom('deprecated', 'draft', 'disabled', 'removed') },
  ),
  draft: seldom<number | null>(2, null),
  hold: seldom<object[]>(HOLD, []),
  disabled: seldom<object | null>(OFF, null),
  refs: seldom<object[]>(NEED, []),
})
const definition = fc.record({
  kind: fc.constantFrom('servers', 'skills'),
  tree,
  head: fc.option(head, { freq: 8 }),
  commit: seldom<string | null | undefined>(null, undefined),
  otherTree: seldom<string | undefined>('e5'.repeat(20), undefined),
})

type Definition = typeof definition extends fc.Arbitrary<infer T> ? T : never

/** The row of a head, with the names of its columns. */
function toRow(id: string, { kind, tree, head }: Definition) {
  if (!head) return []
  const isLive = head.state !== 'draft' && head.state !== 'removed'
  const version = isLive ? 1 : null
  const { draft, hold, disabled, refs, state } = head
  const row = {
    kind,
    id,
    state,
    version,
    draft_version: draft,
    latest_version: draft ?? 1,
    hold,
    disabled,
    refs,
  }
  return [{ ...row, git_tree: head.tree === null ? null : tree }]
}

type Row = ReturnType<typeof toRow>[number]

const toHead = ({ draft_version, latest_version, refs, git_tree: _, ...row }: Row) =>
  ({
    ...row,
    draftVersion: draft_version,
    latestVersion: latest_version,
    references: refs,
    demands: [],
  }) as unknown as Head

/** Inserts rows into production, or into what a preview has of its own. */
const insertInto = (
  table: 'public.registry_heads' | 'preview_pr_1.own_heads',
) => `insert into ${table} (kind, id, state, version, draft_version, latest_version, digest,
    metadata, refs, prompt_hash, latest_digest, git_tree, commit_sha, commit_rank, hold, disabled, updated_at
    ${table === 'public.registry_heads' ? '' : ', base_version'})
  select kind, id, state, version, draft_version, latest_version, 'd', '{}', refs, 'p', 'd', git_tree, 'c', 1, hold,
    nullif(disabled, 'null'), now() ${table === 'public.registry_heads' ? '' : ', 0'}
  from jsonb_to_recordset($1) as r(kind text, id text, state text, version integer, draft_version integer,
    latest_version integer, refs jsonb, git_tree text, hold jsonb, disabled jsonb)`

interface Answer {
  kind: string
  apart: string[]
  trees: Record<string, unknown>
  heads: { id: string }[] | null
}

/** Asks production or a preview. */
async function ask(run: Query, p_asked: unknown, preview?: string): Promise<Answer[]> {
  const answer = preview
    ? `public.registry_preview_read('${preview}', 'registry_heads_apart', jsonb_build_object('p_asked', $1::jsonb))`
    : 'public.registry_heads_apart($1)'
  const [row] = await run<{ answer: Answer[] }>(`select ${answer} as answer`, [p_asked])
  return row?.answer ?? []
}

test('the registry leaves out the heads that a second implementation leaves out, in production and in a preview', async () => {
  const taken = { left: 0, apart: 0, many: 0 }
  const definitions = fc.tuple(...IDS.map(() => definition))
  const property = fc.asyncProperty(
    definitions,
    fc.nat(3),
    fc.constantFrom(2, 100),
    async (all, digits, most) => {
      const rows = all.flatMap((one, at) => toRow(IDS[at] ?? '', one))
      const groupKind = (kind: string): AskedKind => {
        const own = all.flatMap((one, at) =>
          one.kind === kind && one.commit !== null
            ? [[IDS[at] ?? '', one.otherTree ?? one.tree] as const]
            : [],
        )
        return { kind, ...groupTrees(own, digits) }
      }
      const asked: AskedKind[] = [groupKind('skills'), groupKind('servers'), { kind: 'agents' }]
      const heads = rows.map(toHead)
      const treeOf = ({ kind, id }: Head) =>
        rows.find((one) => one.kind === kind && one.id === id)?.git_tree ?? undefined
      const expected = answerApart(heads, treeOf, asked, most).kinds.map(({ kind, apart, trees, heads }) => ({
        kind,
        apart: [...apart].sort(),
        trees: Object.fromEntries(trees),
        heads: heads?.map(({ id }) => id).sort(),
      }))
      const answers = await db.transaction(async (run) => {
        await run('delete from public.registry_heads')
        await run(insertInto('public.registry_heads'), [rows])
        const p_asked = asked.map((one) => ({ ...one, most }))
        const production = await ask(run, p_asked)
        // In a preview, half of the rows are its own, over others of production.
        const own = rows.filter((_row, at) => at % 2 === 0)
        const others = own.map((row) => ({ ...row, latest_version: 7, git_tree: 'e5'.repeat(20) }))
        await run('delete from public.registry_heads')
        await run('delete from preview_pr_1.own_heads')
        const shared = rows.filter((row) => !own.includes(row))
        await run(insertInto('public.registry_heads'), [[...shared, ...others]])
        await run(insertInto('preview_pr_1.own_heads'), [own])
        return [production, await ask(run, p_asked, 'pr-1')]
      })
      const [read = [], inPreview] = answers.map((answer) =>
        answer.map(({ kind, apart, trees, heads }) => ({
          kind,
          apart: [...apart].sort(),
          trees,
          heads: heads?.map(({ id }) => id).sort(),
        })),
      )
      expect(read).toEqual(expected)
      expect(inPreview).toEqual(expected)
      for (const { heads, apart } of read.slice(0, 2)) {
        if (heads === undefined) taken.many++
        else taken.left += rows.length - heads.length
        taken.apart += apart.length
      }
    },
  )
  await fc.assert(property, { numRuns: process.env.NOFX_FIRE_REPORT ? 1_000 : 60 })
  expect(Math.min(...Object.values(taken))).toBeGreaterThan(0)
})

const many = (count: number) => Array.from({ length: count }, (_none, at) => ({ kind: `k${at}` }))
/** Kinds that no function reads. */
const NO_KINDS = [
  null,
  'agents',
  1,
  {},
  { kind: 'agents' },
  [null],
  [1],
  [[]],
  [{}],
  [{ kind: null }],
  [{ kind: 1 }],
]
const TOO_MANY = [[{ kind: 'agents' }, { kind: 'agents' }], many(1_001)]
const NO_QUESTIONS = [
  ...[-1, 4, 1.5, 'x', '1e1', 2 ** 40, [], {}].map((digits) => ({ digits, buckets: {} })),
  ...[-1, 1.5, 'x', 2 ** 40, [], {}].map((most) => ({ most, buckets: {} })),
  ...[[], 'x', 1, true, [{}]].map((buckets) => ({ buckets })),
]

test('a question for heads that is malformed, or that reads a kind twice, is refused in words', async () => {
  const call = (name: string, asked: unknown) =>
    db.query(`select public.${name}($1)`, [asked]).then(
      () => 'read',
      ({ code, message }: { code: string; message: string }) =>
        /kind|digits/.test(message) ? code : message,
    )
  const refused = async (name: string, all: readonly unknown[]) => {
    for (const one of all) expect([name, one, await call(name, one)]).toEqual([name, one, 'PT422'])
  }
  for (const name of ['registry_heads_apart', 'registry_heads_since', 'registry_heads_json']) {
    await refused(name, [...NO_KINDS, ...TOO_MANY])
    expect(await call(name, many(10))).toBe('read')
    expect(await call(name, [])).toBe('read')
  }
  await refused('registry_heads_apart', [
    ['agents'],
    ...NO_QUESTIONS.map((one) => [{ kind: 'agents', ...one }]),
  ])
  for (const buckets of [null, {}, { x: null }, { x: 1 }, { '': {} }, { ['a'.repeat(1_000)]: 'b' }])
    expect(await call('registry_heads_apart', [{ kind: 'agents', digits: null, buckets }])).toBe('read')
})
