import { mkdirSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEmbedded } from '../../../src/cloud/embedded/open-embedded.ts'
import { openOnServer } from '../../../src/cloud/embedded/open-on-server.ts'
import { contentHash } from '../../../src/contract/digest.ts'
import { Failure } from '../../../src/contract/failure.ts'
import type { SyncRequest } from '../../../src/contract/protocol/sync.ts'
import type { AskedKind, HeadsApart, Registry } from '../../../src/core/registry/registry.ts'
import type { Revision } from '../../../src/core/registry/revision.ts'
import { groupTrees } from '../../../src/core/registry/tree-groups.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { openedDatabase } from '../../harness/cloud-database.ts'
import { openCuttingProxy } from '../../harness/cutting-proxy.ts'
import { repetitions } from '../../harness/repetition.ts'
import { commitAt, packAgent, publish, resultOf } from '../support/definitions.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const BUILD = 'test'
/** Of so many packets, the last is the one at which connections are cut. */
const STEP = repetitions(5, 1)
const COMMIT = {
  action: 'commit',
  actor: 'test@example.com',
  commit: commitAt(1),
  parts: 1,
} as const
const OPENED = new Error('the registry is opened')

/** A project on a server, as one command opens it and as the next one may. */
async function createProject() {
  const root = temporaryFolder()
  mkdirSync(join(root, '.git'))
  const database = await openedDatabase()
  const whole = await openEmbedded({ root, kinds: [agents], databaseUrl: database.url, build: BUILD })
  // The REST interface keeps what it knows of a server at its first request.
  await whole.headsApart([{ kind: 'agents' }])
  onTestFinished(async () => {
    await whole.close()
    await database.drop()
  })
  const openLate = (
    open: () => Promise<Registry> = () => Promise.reject(OPENED),
    databaseUrl = database.url,
  ) => openOnServer({ root, databaseUrl, kinds: [agents] }, open, BUILD)
  return { database, whole, openLate }
}

/** Asks the first question of a publish. */
async function openAsked(registry: Registry | undefined): Promise<Registry> {
  if (!registry) throw new Error('the server is new')
  await registry.headsApart([{ kind: 'agents' }])
  return registry
}

const treesOf = ({ kinds: [one] }: HeadsApart) =>
  Array.from(one?.trees ?? [], ([id, [, tree]]) => [id, tree] as const)

test('a server answers alike before and after its REST interface is opened', async () => {
  const { whole, openLate } = await createProject()
  const late = openLate()
  expect(late?.label).toBe(whole.label)
  const compare = async (questions: AskedKind[]) => {
    const answer = await whole.headsApart(questions)
    expect(await late?.headsApart(questions)).toEqual(answer)
    return answer
  }
  const empty = await compare([{ kind: 'agents' }])
  resultOf(await publish(whole, [packAgent('one', "It's \\ one."), packAgent('two', 'Two.')]))
  expect((await compare([{ kind: 'agents' }])).sum).not.toBe(empty.sum)
  const all = await compare([{ kind: 'agents', ...groupTrees([["it's \\", 'a'.repeat(40)]]) }])
  const trees = treesOf(all)
  expect(trees).toHaveLength(2)
  expect((await compare([{ kind: 'agents', ...groupTrees(trees) }])).kinds[0]?.heads).toEqual([])
  await compare([{ kind: 'agents', ...groupTrees(trees.slice(1)) }, { kind: 'skills' }])
  await late?.close()
})

test('what fails without the REST interface is questions again with it', async () => {
  const { database, whole, openLate } = await createProject()
  const questions = [{ kind: 'agents' }]
  const answer = await whole.headsApart(questions)
  await expect(openLate()?.head('agents', 'one')).rejects.toBe(OPENED)
  const elsewhere = new URL(database.url)
  elsewhere.pathname = '/none'
  const lost = openLate(undefined, elsewhere.href)
  await expect(lost?.headsApart(questions)).rejects.toBe(OPENED)
  await database.query('alter function public.registry_heads_apart(jsonb) rename to another')
  await expect(openLate()?.headsApart(questions)).rejects.toBe(OPENED)
  await database.query('alter function public.another(jsonb) rename to registry_heads_apart')
  expect(await openLate()?.headsApart(questions)).toEqual(answer)
  await database.query('delete from supabase_migrations.schema_migrations')
  await expect(openLate()?.headsApart(questions)).rejects.toBe(OPENED)
  expect(await openLate(async () => whole)?.headsApart(questions)).toEqual(answer)
})

test('a publish needs no REST interface, and leaves what it would leave with it', async () => {
  const { database, whole, openLate } = await createProject()
  const late = await openAsked(openLate())
  const [one, two] = [packAgent('one', "It's \\ one."), packAgent('two', 'Two.')]
  const all = [one, two].map(({ item }) => item.bundle)
  expect(await late.stored(all)).toEqual(new Set())
  expect(resultOf(await publish(late, [one, two])).outcomes).toHaveLength(2)
  expect(await late.stored(all)).toEqual(new Set(all.map(({ path }) => path)))
  expect(await whole.stored(all)).toEqual(await late.stored(all))
  expect(Buffer.from(await whole.download(one.item.bundle.path))).toEqual(Buffer.from(one.archive))
  const again = packAgent('one', 'Again.', {}, 1)
  resultOf(await publish(late, [again], { commit: commitAt(2), reason: 'é "quoted"' }))
  const versions = [1, 2, 3].flatMap((version) =>
    ['one', 'two', "it's \\"].map((id) => ({ kind: 'agents', id, version })),
  )
  const byName = (revisions: readonly Revision[]) => revisions.map((each) => JSON.stringify(each)).sort()
  const compare = async (count: number) => {
    const direct = byName(await late.revisions(versions))
    expect(direct).toEqual(byName(await whole.revisions(versions)))
    expect(direct).toHaveLength(count)
  }
  await compare(3)
  await database.query('alter table public.registry_revisions disable trigger user')
  await database.query(`update public.registry_revisions set withdrawn_at = now(), withdrawn_by = 'me',
    withdrawn_reason = 'secret', texts = '{}', manifest = '{}' where id = 'one' and version = 1`)
  await compare(2)
  await late.close()
})

test('settings of a database or of its server change no answer', async () => {
  const { database, whole, openLate } = await createProject()
  const settings = [
    `datestyle = 'SQL, DMY'`,
    'quote_all_identifiers = on',
    `timezone = 'Asia/Kathmandu'`,
    `bytea_output = 'escape'`,
    'extra_float_digits = -15',
    'standard_conforming_strings = off',
    'array_nulls = off',
    'row_security = off',
    `search_path = 'pg_catalog'`,
    `default_transaction_isolation = 'serializable'`,
  ]
  resultOf(await publish(whole, [packAgent('one', 'One.')]))
  for (const one of settings) await database.query(`alter database ${database.name} set ${one}`)
  const options = { root: temporaryFolder(), kinds: [agents], databaseUrl: database.url, build: BUILD }
  const odd = await openEmbedded(options)
  onTestFinished(() => odd.close())
  const late = await openAsked(openLate())
  const [one, two] = [packAgent('two', "It's \\ two."), packAgent('three', 'é "three"')]
  resultOf(await publish(odd, [one]))
  resultOf(await publish(late, [two], { commit: commitAt(2) }))
  const versions = ['one', 'two', 'three'].map((id) => ({ kind: 'agents', id, version: 1 }))
  const all = await whole.revisions(versions)
  expect(all).toHaveLength(3)
  const sorted = (revisions: readonly Revision[]) => [...revisions].sort((a, b) => (a.id < b.id ? -1 : 1))
  for (const registry of [odd, late]) expect(sorted(await registry.revisions(versions))).toEqual(sorted(all))
  expect(await odd.heads('agents')).toEqual(await whole.heads('agents'))
  expect(await odd.releases(5)).toEqual(await whole.releases(5))
  expect(await odd.download(one.item.bundle.path)).toEqual(await whole.download(one.item.bundle.path))
  await late.close()
})

test('a refusal without the REST interface is given again with it, and reported once', async () => {
  const { database, whole, openLate } = await createProject()
  resultOf(await publish(whole, [packAgent('one', 'One.')]))
  const reports = async () => (await database.query('select from public.registry_validation_reports')).length
  const invalid = packAgent('two', 'Two.', { temperature: 'hot' })
  for (const wrong of [packAgent('one', 'Two.'), invalid]) {
    const refused = await publish(whole, [wrong], { key: 'the-same-key-as-before' })
    expect(refused.ok).toBe(false)
    const before = await reports()
    await expect(publish(await openAsked(openLate()), [wrong])).rejects.toBe(OPENED)
    expect(await reports()).toBe(before)
    const late = await openAsked(openLate(async () => whole))
    expect(await publish(late, [wrong], { key: 'the-same-key-as-before' })).toEqual(refused)
  }
})

test('a publish whose connections are cut at any packet is made once, with the REST interface', async () => {
  const { database, whole, openLate } = await createProject()
  const proxy = await openCuttingProxy(database.url)
  onTestFinished(proxy.close)
  const late = await openAsked(openLate(async () => whole, proxy.url))
  const publishOnce = async (cutAt: number) => {
    const one = packAgent(`cut-${cutAt}`, 'One.')
    await late.headsApart([{ kind: 'agents' }])
    proxy.arm(cutAt)
    await late.revisions([{ kind: 'agents', id: 'none', version: 1 }])
    await late.stored([one.item.bundle])
    resultOf(await publish(late, [one], { key: `publish-of-${cutAt}` }))
    const packets = proxy.packets()
    proxy.arm(Number.POSITIVE_INFINITY)
    return packets
  }
  const packets = await publishOnce(1_000)
  expect(packets).toBeGreaterThan(20)
  const places = Array.from({ length: packets }, (_, at) => at + 1).filter((at) => at % STEP === 0)
  for (const cutAt of places) await publishOnce(cutAt)
  const rows = await database.query('select id from public.registry_revisions order by created_at')
  expect(rows.map(({ id }) => id)).toEqual(['cut-1000', ...places.map((at) => `cut-${at}`)])
  await late.close()
})

test('a server that is lost during a commit leaves a doubt, and during other calls none', async () => {
  const { database, openLate } = await createProject()
  const proxy = await openCuttingProxy(database.url)
  onTestFinished(proxy.close)
  const gone = new Failure('REMOTE_FAILED', 'the server cannot be reached', 'start that server')
  const one = packAgent('one', 'One.')
  const stage: SyncRequest = { action: 'stage', key: 'a-key-of-one-publish', part: 0, items: [one.item] }
  const content = contentHash([{ kind: 'agents', ...one.item }])
  const commit: SyncRequest = { ...COMMIT, key: stage.key, content, removals: [] }
  const DOUBT = 'the server cannot be reached; the change may have been published'
  for (const [last, message] of [
    [stage, gone.message],
    [commit, DOUBT],
  ] as const) {
    proxy.arm(Number.POSITIVE_INFINITY)
    const late = await openAsked(openLate(() => Promise.reject(gone), proxy.url))
    await late.sync('agents', stage)
    proxy.arm(1)
    await expect(late.sync('agents', last)).rejects.toMatchObject({ code: 'REMOTE_FAILED', message })
  }
})

test('a question that fails leaves its connection usable', async () => {
  const { database, openLate } = await createProject()
  const late = await openAsked(openLate())
  await database.query('alter function public.registry_heads_apart(jsonb) rename to another')
  await expect(late.headsApart([{ kind: 'agents' }])).rejects.toBe(OPENED)
  expect(await late.revisions([{ kind: 'agents', id: 'one', version: 1 }])).toEqual([])
})

test('a server that ends every connection is asked directly only once', async () => {
  const { openLate } = await createProject()
  let connections = 0
  const server = createServer((socket) => {
    connections++
    socket.destroy()
  })
  onTestFinished(() => void server.close())
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  const late = openLate(undefined, `postgres://127.0.0.1:${port}/none`)
  late?.prepare?.()
  await expect(late?.headsApart([{ kind: 'agents' }])).rejects.toBe(OPENED)
  await expect(late?.revisions([{ kind: 'agents', id: 'one', version: 1 }])).rejects.toBe(OPENED)
  expect(connections).toBe(1)
})

test('without its functions a server is not asked directly', async () => {
  const { database, whole, openLate } = await createProject()
  await database.query('delete from supabase_migrations.schema_migrations')
  const late = openLate(async () => whole)
  const one = packAgent('one', 'One.')
  await late?.headsApart([{ kind: 'agents' }])
  const readOnly = openLate()
  await expect(readOnly?.headsApart([{ kind: 'agents' }])).rejects.toBe(OPENED)
  await expect(readOnly?.stored([one.item.bundle])).rejects.toBe(OPENED)
  await expect(readOnly?.upload(one.item.bundle, one.archive)).rejects.toBe(OPENED)
  await expect(publish(readOnly as Registry, [])).rejects.toBe(OPENED)
  expect(resultOf(await publish(late as Registry, [one])).outcomes).toHaveLength(1)
})

test('a server that no command of the project has opened is opened at once', () => {
  const place = { root: temporaryFolder(), databaseUrl: 'postgres://localhost/none', kinds: [agents] }
  expect(openOnServer(place, () => Promise.reject(OPENED), BUILD)).toBeUndefined()
})
