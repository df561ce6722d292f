import { randomUUID } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SILENT } from '../../src/core/progress.ts'
import { verifyBundles } from '../../src/core/verify/verify.ts'
import { verifyRows } from '../../src/core/verify/verify-rows.ts'
import { withoutRealtime } from '../../src/edge/http/client-options.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { templates } from '../../src/plugins/templates/kind.ts'
import { createReads } from '../../src/worker/connection/read-registry.ts'
import { type CloudDatabase, openedDatabase } from '../harness/cloud-database.ts'
import { release, type ServedRegistry, serveRegistry } from '../worker/support/served-registry.ts'
import { editsOf, HEAD_COLUMNS, REVISION_COLUMNS } from './support/column-verdicts.ts'
import { commitAt, packAgent, resultOf } from './support/definitions.ts'
import { type EditedTable, editable } from './support/edited-rows.ts'

let database: CloudDatabase
let served: ServedRegistry
let revisions: EditedTable
let heads: EditedTable

const KINDS = [agents, templates]
const who = { actor: 'test@example.com', reason: 'a test' }
const act = async (request: object) =>
  resultOf(await served.registry.sync('agents', { key: randomUUID(), ...who, ...request } as never))
const put = (id: string, prompt: string, rest: object = {}) =>
  release(served.registry, [packAgent(id, prompt, rest)])
const about = (id: string) => ({ kind: 'agents', id })

/** A registry that every command has changed. */
beforeAll(async () => {
  database = await openedDatabase()
  served = await serveRegistry(database.url)
  await put('triager', 'One.\n', { version: '1.0.0' })
  await put('triager', 'Two.\n', { version: '1.1.0' })
  await put('triager', 'Three.\n', { version: '2.0.0' })
  await put('rolled', 'One.\n')
  await put('rolled', 'Two.\n')
  await put('rolled', 'Three.\n')
  await act({ action: 'rollback', target: { ...about('rolled'), toVersion: 1 } })
  await put('drafted', 'One.\n', { status: 'draft' })
  await act({ action: 'promote', ...about('drafted') })
  await put('drafted', 'Two.\n', { status: 'draft' })
  await put('idea', 'One.\n', { status: 'draft' })
  await release(served.registry, [], ['rolled', 'idea', 'drafted'])
  await act({ action: 'undelete', ...about('rolled') })
  await put('leaked', 'Secret.\n')
  await put('leaked', 'Clean.\n')
  await act({ action: 'withdraw', ...about('leaked'), version: 1 })
  await put('old', 'One.\n', { status: 'deprecated', deprecation: { message: 'use triager' } })
  await put('off', 'One.\n', { status: 'disabled' })
  await act({ action: 'rebase', commit: commitAt(0), target: about('triager') })
  ;[revisions, heads] = [
    await editable(database, 'registry_revisions'),
    await editable(database, 'registry_heads'),
  ]
}, 120_000)
afterAll(async () => {
  await served?.close()
  await database?.drop()
})

const edited = async () => (await verifyRows(served.registry, KINDS, SILENT)).edited

test('verify accepts every row that the registry wrote itself', async () => {
  const verified = await verifyRows(served.registry, KINDS, SILENT)
  expect(verified.edited).toEqual([])
  expect(verified).toMatchObject({ heads: 7 })
  expect(verified.revisions).toBeGreaterThan(18)
})

test.each([
  ['registry_revisions', REVISION_COLUMNS],
  ['registry_heads', HEAD_COLUMNS],
])('verify has a verdict on every column of %s', (table, verdicts) => {
  const { columns } = table === 'registry_heads' ? heads : revisions
  expect(Object.keys(verdicts).sort()).toEqual([...columns].sort())
})

const LIVE = "kind = 'agents' and id = 'triager' and version = 4"
const EARLIER = "kind = 'agents' and id = 'triager' and version = 2"
/** Any content may be a draft: only the head shows that a version was live, and this one is not the newest. */
const OF_LIVE_ALONE = "state 'draft'"

/** Storage proves the claims about a bundle, unless another version has the same one. */
async function damaged(version: number) {
  const verified = await verifyBundles(served.registry, KINDS, { deep: true }, SILENT)
  return verified.damaged.some((one) => one.id === 'triager' && one.version === version)
}

test.each(editsOf(REVISION_COLUMNS))(
  'verify names %s of a revision set to %s',
  async (column, expression) => {
    for (const [where, version] of [
      [LIVE, 4],
      [EARLIER, 2],
    ] as const) {
      if (version === 2 && OF_LIVE_ALONE === `${column} ${expression}`) continue
      const done = await revisions.edit(column, expression, where)
      const found = done ? await edited() : []
      const isNamed = found.some(({ field }) => field === column)
      const inStorage = done && !isNamed && column.startsWith('bundle_') && (await damaged(version))
      await revisions.restore()
      if (!done || inStorage) continue
      // A row that now belongs to another definition is reported there; the definition that lost it reports its head or
      // its gap.
      const isMoved = ['kind', 'id'].includes(column) && found.length > 0
      expect(isNamed || isMoved, JSON.stringify(found)).toBe(true)
    }
  },
)

test.each(editsOf(HEAD_COLUMNS))('verify names %s of a head set to %s', async (column, expression) => {
  const done = await heads.edit(column, expression, "kind = 'agents' and id = 'triager'")
  const found = done ? await edited() : []
  await heads.restore()
  if (done)
    expect(found.map(({ field, version }) => ({ field, version }))).toContainEqual({
      field: column === 'kind' ? 'id' : column,
      version: null,
    })
})

test('verify names content of a withdrawn version, and a removed hold', async () => {
  const where = "kind = 'agents' and id = 'leaked' and version = 1"
  await revisions.edit('texts', `'{"prompts/system.md": "Secret.\\n"}'`, where)
  expect(await edited()).toMatchObject([{ id: 'leaked', version: 1, field: 'texts' }])
  await revisions.restore()
  await heads.edit('hold', "'[]'", "kind = 'agents' and id = 'leaked'")
  expect(await edited()).toMatchObject([{ id: 'leaked', version: null, field: 'hold' }])
  await heads.restore()
})

/** Fields that the worker reads of a revision and no digest covers. */
const WORKER_UNPROVEN = ['version']

test('under a pin, a worker refuses or derives every field that it reads', async () => {
  const { publishable } = served.keys
  const client = createClient(served.url, publishable, withoutRealtime(fetch))
  const reads = createReads(client, false, 'the registry')
  const { signal } = new AbortController()
  const { liveDigest } = (await served.registry.head('agents', 'triager')) ?? {}
  const digest = String(liveDigest)
  const read = () => reads.revision('agents', 'triager', { digest }, signal).catch(() => undefined)
  const proven = await read()
  expect(proven).toMatchObject({ id: 'triager', digest })
  // Of two versions with equal content the newest is read, so the other one is moved away.
  for (const [column, expression] of editsOf(REVISION_COLUMNS)) {
    const done = await revisions.edit(column, expression, LIVE)
    const found = done ? await read() : undefined
    await revisions.restore()
    if (found && !WORKER_UNPROVEN.includes(column)) {
      const { version, ...content } = found
      expect(content, `${column} ${expression}`).toEqual({ ...proven, version: undefined })
    }
  }
})
