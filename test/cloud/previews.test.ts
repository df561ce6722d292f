import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { openCloud } from '../../src/cloud/embedded/open-cloud.ts'
import { createEmbeddedRegistry } from '../../src/cloud/embedded/open-embedded.ts'
import { openHosted } from '../../src/cloud/hosted/open-hosted.ts'
import { sha256 } from '../../src/contract/digest.ts'
import type { Failure } from '../../src/contract/failure.ts'
import { bundlePath } from '../../src/contract/protocol/bundle-path.ts'
import type { SyncRequest } from '../../src/contract/protocol/sync.ts'
import type { Registry } from '../../src/core/registry/registry.ts'
import { agents } from '../../src/plugins/agents/kind.ts'
import { serveProject } from '../edge/support/functions-under-test.ts'
import type { Query } from '../harness/database.ts'
import { placeEmbedded } from '../harness/embedded-template.ts'
import { commitAt, type Packed, packAgent, publish, resultOf } from './support/definitions.ts'
import { temporaryRoot } from './support/temporary-folder.ts'

interface Opened {
  registry: Registry
  query: Query
  close: () => Promise<void>
}

async function onPglite(): Promise<Opened> {
  const root = temporaryRoot()
  await placeEmbedded(root.path)
  const cloud = await openCloud({ root: root.path })
  const registry = createEmbeddedRegistry(cloud, [agents], 'embedded .nofx')
  const query: Query = async <R>(text: string) => (await cloud.app.connection.exec<{ rows: R[] }>(text)).rows
  return { registry, query, close: () => registry.close().finally(root.remove) }
}

/** Over HTTP: the functions as they are deployed, and PostgreSQL behind them. */
async function asHosted(): Promise<Opened> {
  const project = await serveProject()
  const registry = openHosted({ url: project.url, secretKey: project.cloud.keys.secret })
  return { registry, query: project.query, close: project.close }
}

const OF_MINE = { origin: 'octo/agents#refs/pull/1/merge', actor: 'me@example.com' }

/** The same content, sent to the preview. */
function inside(name: string, { item, archive }: Packed): Packed {
  const path = bundlePath('agents', item.id, item.digest, name)
  return { archive, item: { ...item, bundle: { ...item.bundle, path } } }
}

let opened: Opened
let production: Registry
const before = packAgent('ada', 'As it was.\n', { version: '1.0.0' })
/** Opens the registry of a describe block, with something in it. */
function openOnce(open: () => Promise<Opened>): void {
  beforeAll(async () => {
    opened = await open()
    await fill()
  })
  afterAll(() => opened?.close())
}

async function fill(): Promise<void> {
  production = opened.registry
  const others = ['bob', 'cleo'].map((id) => packAgent(id, 'Stays.\n'))
  resultOf(await publish(production, [before, ...others], { commit: commitAt(7) }))
  const draft = packAgent('bob', 'A draft.\n', { status: 'draft' }, 1)
  resultOf(await publish(production, [draft], { commit: commitAt(8) }))
}

/** Everything that does not belong to a preview. */
async function ofProduction(): Promise<string> {
  const tables = ['counter', 'heads', 'revisions', 'releases', 'events', 'validation_reports']
  const rows = [...tables.map((name) => `registry_${name}`), 'template_registry', 'template_instantiations']
  const parts = rows.map(
    (name) => `select '${name}', md5(string_agg(t::text, '|' order by t::text)) from public.${name} t`,
  )
  const stored = await opened.query<{ name: string }>(
    `select name from storage.objects where name not like 'preview-%' order by name`,
  )
  return JSON.stringify([await opened.query(parts.join(' union all ')), stored])
}

async function left(name: string): Promise<unknown[]> {
  return opened.query(
    `select nspname::text from pg_namespace where nspname = 'preview_${name.replaceAll('-', '_')}'
     union all select name from public.registry_previews where name = '${name}'
     union all select name from storage.objects where name like 'preview-${name}/%'`,
  )
}

const raise = async (name: string): Promise<Registry> => {
  await production.previews.up({ name, ...OF_MINE })
  onTestFinished(async () => {
    await production.previews.down(name)
    expect(await left(name)).toEqual([])
  })
  return production.inPreview(name)
}

function showProduction(): void {
  test('previews show production with what was published into them, and leave nothing', async () => {
    const preview = await raise('pr-1')
    const was = await ofProduction()
    expect(preview.label).toBe(`${production.label}, preview pr-1`)
    expect((await preview.heads('agents')).map(({ id, version }) => [id, version])).toEqual([
      ['ada', 1],
      ['bob', 1],
      ['cleo', 1],
    ])
    const after = inside('pr-1', packAgent('ada', 'As it will be.\n', { version: '1.1.0' }, 1))
    // A publisher whose branch is behind production may publish: nothing is stale in a preview.
    const result = resultOf(await publish(preview, [after], { commit: commitAt(2) }))
    expect(result.outcomes).toMatchObject([{ id: 'ada', outcome: 'updated', version: 2 }])

    expect(await preview.head('agents', 'ada')).toMatchObject({ version: 2, liveDigest: after.item.digest })
    expect((await preview.history('agents', 'ada')).map(({ version }) => version)).toEqual([2, 1])
    expect(await preview.revision('agents', 'ada', 1)).toMatchObject({ digest: before.item.digest })
    const names = [
      { kind: 'agents', id: 'ada', version: 2 },
      { kind: 'agents', id: 'cleo', version: 1 },
    ]
    expect((await preview.revisions(names)).map(({ id, version }) => [id, version]).sort()).toEqual([
      ['ada', 2],
      ['cleo', 1],
    ])
    const paths = (await preview.bundles('agents')).map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining([before.item.bundle.path, after.item.bundle.path]))
    expect(await preview.stored([after.item.bundle])).toEqual(new Set([after.item.bundle.path]))
    expect(sha256(await preview.download(after.item.bundle.path))).toBe(after.item.bundle.sha256)
    expect(await preview.releases(5)).toMatchObject([{ id: result.releaseId }])
    expect(await preview.release(result.releaseId!.slice(0, 12))).toMatchObject({ id: result.releaseId })
    const { cursor } = await preview.events('now', 1)
    expect((await preview.events(cursor - 1, 5)).events).toMatchObject([{ type: 'agent.updated', id: 'ada' }])

    expect(await production.previews.list()).toMatchObject([
      { name: 'pr-1', ...OF_MINE, state: 'open', expired: false, changes: 1 },
    ])
    expect(await ofProduction()).toBe(was)
    expect(await production.previews.down('pr-1')).toEqual({ name: 'pr-1', removed: true, objects: 1 })
    await expect(preview.heads('agents')).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(await ofProduction()).toBe(was)
  })
}

describe('previews on PGlite', () => {
  openOnce(onPglite)
  showProduction()
})

describe('previews on a hosted project', () => {
  openOnce(asHosted)
  showProduction()

  test('every action works in a preview and leaves production unchanged', async () => {
    const preview = await raise('all')
    const was = await ofProduction()
    const who = () => ({ key: randomUUID(), actor: 'me@example.com', reason: 'test' })
    const ask = async (request: SyncRequest) => resultOf(await preview.sync('agents', request)).outcomes
    resultOf(await publish(preview, [inside('all', packAgent('ada', 'New.\n', {}, 1))]))
    const gone = [{ kind: 'agents', id: 'cleo', expectedVersion: 1 }]
    resultOf(await publish(preview, [], { removals: gone }))
    const target = { kind: 'agents', id: 'ada', toVersion: 1 }
    expect(await ask({ action: 'rollback', ...who(), target })).toMatchObject([
      { outcome: 'rolled-back', version: 3 },
    ])
    const cleo = { kind: 'agents', id: 'cleo' }
    expect(await ask({ action: 'undelete', ...who(), ...cleo })).toMatchObject([
      { outcome: 'restored', version: 3 },
    ])
    const bob = { kind: 'agents', id: 'bob' }
    expect(await ask({ action: 'promote', ...who(), ...bob })).toMatchObject([
      { outcome: 'promoted', version: 3 },
    ])
    const wrong = { ...inside('all', packAgent('dora', 'Wrong.\n', { license: 'nothing' })) }
    expect(await publish(preview, [wrong])).toMatchObject({ ok: false, error: { code: 'FINDINGS' } })
    const ada = await preview.head('agents', 'ada')
    const source = { kind: 'agents', id: 'ada', version: 3, digest: ada!.liveDigest! }
    const request = { source, locks: [], document: {}, key: randomUUID(), hash: 'a'.repeat(64), actor: 'me' }
    const { planId } = await preview.instantiate(request)
    expect(await preview.instance(planId)).toMatchObject({ source })
    expect(await production.instance(planId)).toBeUndefined()
    expect(await ofProduction()).toBe(was)
  })

  test.each<[what: string, from: string | undefined, to: string | undefined]>([
    ['of a preview in production', 'x', undefined],
    ['of production in a preview', undefined, 'paths'],
    ['of another preview in a preview', 'x', 'paths'],
  ])('a preview accepts no bundle %s', async (_what, from, to) => {
    const registry = to === undefined ? production : await raise(to)
    const packed = packAgent('dora', 'Lost.\n')
    const path = bundlePath('agents', 'dora', packed.item.digest, from)
    const item = { ...packed.item, bundle: { ...packed.item.bundle, path } }
    const stage: SyncRequest = { action: 'stage', key: randomUUID(), part: 0, items: [item] }
    expect(await registry.sync('agents', stage)).toMatchObject({
      ok: false,
      error: { code: 'REFUSED', message: expect.stringContaining(`not "${path}"`) },
    })
    expect(await registry.head('agents', 'dora')).toBeUndefined()
  })

  test('a preview has one origin, and number and lifetime of previews are limited by the registry', async () => {
    await raise('mine')
    const { expiresAt } = await production.previews.up({ name: 'mine', ...OF_MINE, ttlHours: 200 })
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now() + 199 * 3600_000)
    const up = (name: string, rest: object = {}) =>
      production.previews
        .up({ name, ...OF_MINE, ...rest })
        .catch(({ code, message, detail }: Failure) => ({ code, message, detail }))
    expect(await up('mine', { origin: 'octo/other#refs/pull/1/merge' })).toMatchObject({
      code: 'CONFLICT',
      message: 'the preview mine belongs to octo/agents#refs/pull/1/merge',
    })
    expect(await up('more', { ttlHours: 10_000 })).toMatchObject({
      code: 'REFUSED',
      detail: { rule: 'NOFX_PREVIEW_TTL' },
    })
    expect(await up('Not_A_Name')).toMatchObject({ code: 'REFUSED', detail: { rule: 'NOFX_PREVIEW_NAME' } })
    await opened.query(`insert into public.registry_policies (kind, preview_count) values ('*', 1)`)
    expect(await up('more')).toMatchObject({
      code: 'REFUSED',
      detail: { rule: 'NOFX_PREVIEW_QUOTA', limit: 1 },
    })
    await opened.query(`delete from public.registry_policies where kind = '*'`)
    expect(await left('more')).toEqual([])
  })

  test('expired previews are swept, and so is what a killed run left', async () => {
    const late = await raise('late')
    resultOf(await publish(late, [inside('late', packAgent('ada', 'Late.\n', {}, 1))]))
    await raise('alive')
    await opened.query(`update public.registry_previews set expires_at = now() where name = 'late'`)
    const { item, archive } = inside('orphan', packAgent('eve', 'Nobody waits.\n'))
    await production.upload(item.bundle, archive)
    expect(await production.previews.expired()).toEqual(['late', 'orphan'])
    const options = { onlyExpired: true }
    expect(await production.previews.down('alive', options)).toEqual({
      name: 'alive',
      removed: false,
      objects: 0,
    })
    expect(await production.previews.down('late', options)).toEqual({
      name: 'late',
      removed: true,
      objects: 1,
    })
    expect(await production.previews.down('orphan', options)).toEqual({
      name: 'orphan',
      removed: false,
      objects: 1,
    })
    expect(await production.previews.expired()).toEqual([])
    expect([await left('late'), await left('orphan')]).toEqual([[], []])
    expect(await left('alive')).toHaveLength(2)
  })

  test('a takedown that was killed is completed by the next one, and the preview accepts nothing meanwhile', async () => {
    const preview = await raise('half')
    const sent = inside('half', packAgent('ada', 'Half.\n', {}, 1))
    resultOf(await publish(preview, [sent]))
    await opened.query(`select public.registry_preview_close('half')`)
    const refused = await publish(preview, [inside('half', packAgent('ada', 'Late.\n', {}, 2))])
    expect(refused).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } })
    expect(await production.previews.expired()).toEqual(['half'])
    expect(await production.previews.down('half')).toMatchObject({ removed: true, objects: 2 })
    expect(await production.previews.down('half')).toEqual({ name: 'half', removed: false, objects: 0 })
  })
})
