import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRegistry } from '../../../src/cloud/open-registry.ts'
import { bundlePath } from '../../../src/contract/protocol/bundle-path.ts'
import type { SyncRequest } from '../../../src/contract/protocol/sync.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { makeReport } from '../../../src/core/validate/make-report.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { FUNCTION, type Project, serveProject } from '../../edge/support/functions-under-test.ts'
import { type IdentityProvider, JOB, serveIdentityProvider } from '../../edge/support/identity-provider.ts'
import { commitAt, type Packed, packAgent, publish, resultOf } from '../support/definitions.ts'
import { temporaryRoot } from '../support/temporary-folder.ts'

let provider: IdentityProvider
let project: Project
const root = temporaryRoot()

/** A pull request's checks, and the same after the merge: then its ref is the branch it went to. */
const PULL = { ref: 'refs/pull/7/merge', event_name: 'pull_request' }
const MERGED = { ref: 'refs/heads/main', event_name: 'pull_request' }
const MAIN = { ref: JOB.ref, event_name: JOB.event_name }
const ELSEWHERE = { ...PULL, repository: 'octo/other' }

beforeAll(async () => {
  provider = await serveIdentityProvider()
  project = await serveProject()
  const job = { issuer: provider.issuer, audience: project.url, repository: JOB.repository }
  const pulls = { refs: ['refs/pull/*', 'refs/heads/main'], events: ['pull_request'], previews: true }
  const identities = [
    { ...job, refs: [JOB.ref], events: [JOB.event_name] },
    { ...job, ...pulls },
    { ...job, ...pulls, repository: 'octo/other' },
  ]
  await project.query(
    `insert into public.registry_policies (kind, identities) values ('*', '${JSON.stringify(identities)}')`,
  )
  const main = await openAs(MAIN)
  resultOf(await publish(main, [packAgent('ada', 'As it was.\n'), packAgent('bob', 'Stays.\n')]))
})
afterAll(async () => {
  await project?.close()
  await provider?.close()
  root.remove()
})

/** Opens the registry that the CLI opens in a job without a key. */
async function openAs(claims: object): Promise<Registry> {
  provider.claims = { ...claims }
  const env = { SUPABASE_URL: project.url, ...provider.env }
  return openRegistry({ root: root.path, kinds: [agents], env })
}

const lie = { origin: 'octo/agents#refs/heads/main', actor: 'the owner' }

function inside(name: string, { item, archive }: Packed): Packed {
  const path = bundlePath('agents', item.id, item.digest, name)
  return { archive, item: { ...item, bundle: { ...item.bundle, path } } }
}

const denied = (message: string) => ({ code: 'REMOTE_DENIED', message: expect.stringContaining(message) })

describe('a job of a pull request', () => {
  test('a job of a pull request raises a preview under its own name, fills it, reads it and takes it down after the merge', async () => {
    const job = await openAs(PULL)
    const stored = await project.query('select * from public.registry_heads')
    expect(await job.previews.up({ name: 'pr-7', ...lie })).toMatchObject({
      created: true,
      origin: 'octo/agents#refs/pull/7/merge',
    })
    const preview = job.inPreview('pr-7')
    const after = inside('pr-7', packAgent('ada', 'As it will be.\n', {}, 1))
    expect(resultOf(await publish(preview, [after])).outcomes).toMatchObject([
      { outcome: 'updated', version: 2 },
    ])
    expect((await preview.heads('agents')).map(({ version }) => version)).toEqual([2, 1])
    expect(await preview.revisions([{ kind: 'agents', id: 'ada', version: 2 }])).toMatchObject([
      { actor: 'octo/agents@refs/pull/7/merge (pull_request, run 42)' },
    ])
    expect(await preview.download(after.item.bundle.path)).toHaveLength(after.item.bundle.size)
    expect(await job.previews.list()).toMatchObject([{ name: 'pr-7', changes: 1 }])
    expect(await project.query('select * from public.registry_heads')).toEqual(stored)
    const merged = await openAs(MERGED)
    expect(await merged.previews.down('pr-7')).toEqual({ name: 'pr-7', removed: true, objects: 1 })
    expect(await merged.previews.down('pr-7')).toEqual({ name: 'pr-7', removed: false, objects: 0 })
  })

  test('a job of a pull request stores a report of its checks under its own name, for publishers to read', async () => {
    const job = await openAs(PULL)
    const manifests = [
      { kind: 'agents', id: 'ada', change: 'updated', file: 'agent.json', text: '{}' } as const,
    ]
    const report = makeReport({
      origin: 'validate',
      verdict: 'accepted',
      actor: lie.actor,
      where: { commit: { ref: 'fix/typo' }, pullRequest: 7 },
      kinds: [agents],
      definitions: 1,
      diagnostics: [],
      drafts: { summary: { updated: 1 }, manifests: [...manifests] },
    })
    expect(await job.reports.keep(report)).toEqual({ reportId: report.id })
    await expect(job.reports.list({ limit: 1 })).rejects.toMatchObject(
      denied('may read only what its own previews need'),
    )
    const main = await openAs(MAIN)
    expect(await main.reports.list({ limit: 1 })).toMatchObject([
      { id: report.id, actor: 'octo/agents@refs/pull/7/merge (pull_request, run 42)', pullRequest: 7 },
    ])
    const { manifests: path } = await main.reports.show(report.id.slice(0, 8))
    expect(path).toBe(`reports/${report.id}.json.gz`)
    expect(await main.reports.manifests(path ?? '')).toEqual(manifests)
    await expect(main.reports.manifests(`reports/${randomUUID()}.json.gz`)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'the manifests of this report are gone',
    })
  })

  test('a job of a pull request cannot change production with any request', async () => {
    const job = await openAs(PULL)
    const before = await project.stored()
    const packed = packAgent('ada', 'Mine now.\n', {}, 1)
    const who = () => ({ key: randomUUID(), actor: 'me', reason: 'why' })
    const id = { kind: 'agents', id: 'ada' }
    const content = 'a'.repeat(64)
    const requests: SyncRequest[] = [
      { action: 'stage', key: randomUUID(), part: 0, items: [packed.item] },
      { action: 'commit', ...who(), commit: commitAt(2), parts: 0, content, removals: [] },
      { action: 'rollback', ...who(), target: { ...id, toVersion: 1 } },
      { action: 'undelete', ...who(), ...id },
      { action: 'promote', ...who(), ...id },
      { action: 'disable', ...who(), ...id },
      { action: 'enable', ...who(), ...id },
    ]
    for (const request of requests)
      expect([request.action, await job.sync('agents', request)]).toEqual([
        request.action,
        {
          ok: false,
          error: {
            code: 'REMOTE_DENIED',
            message: 'this identity may write previews only',
            hint: 'publish into one: nofx preview up <name>',
          },
        },
      ])
    await expect(job.upload(packed.item.bundle, packed.archive)).rejects.toMatchObject(
      denied('write previews only'),
    )
    expect(await project.stored()).toBe(before)
    expect(
      await project.query(`select from storage.objects where name = '${packed.item.bundle.path}'`),
    ).toEqual([])
  })

  test('a job of a pull request cannot change previews of other refs and repositories', async () => {
    const other = await openAs(ELSEWHERE)
    await other.previews.up({ name: 'theirs', ...lie })
    const [was] = await other.previews.list()
    expect(was).toMatchObject({ name: 'theirs' })
    const job = await openAs(PULL)
    expect(await job.previews.list()).toEqual([])
    const taken = { code: 'CONFLICT', message: 'the preview theirs belongs to octo/other#refs/pull/7/merge' }
    await expect(job.previews.up({ name: 'theirs', ...lie })).rejects.toMatchObject(taken)
    const preview = job.inPreview('theirs')
    const packed = inside('theirs', packAgent('ada', 'Mine now.\n', {}, 1))
    const notYours = denied(
      'the preview theirs belongs to octo/other#refs/pull/7/merge, not to octo/agents#refs/pull/7/merge',
    )
    await expect(preview.upload(packed.item.bundle, packed.archive)).rejects.toMatchObject(notYours)
    const stage: SyncRequest = { action: 'stage', key: randomUUID(), part: 0, items: [packed.item] }
    expect(await preview.sync('agents', stage)).toMatchObject({ ok: false, error: notYours })
    await expect(job.previews.down('theirs')).rejects.toMatchObject(
      denied('belongs to octo/other#refs/pull/7/merge, another repository'),
    )
    const merged = await openAs({ ...ELSEWHERE, ...MERGED })
    expect(await merged.previews.list()).toEqual([was])
    await expect(merged.previews.up({ name: 'theirs', ...lie })).rejects.toMatchObject(taken)
    expect(await merged.previews.down('theirs')).toMatchObject({ removed: true })
  })
})

describe('a job that may publish', () => {
  test('a job that may publish writes no preview; every job may sweep expired previews', async () => {
    const other = await openAs(ELSEWHERE)
    await other.previews.up({ name: 'late', ...lie })
    const main = await openAs(MAIN)
    const mayNot = denied('this identity may not write previews')
    await expect(main.previews.up({ name: 'mine', ...lie })).rejects.toMatchObject(mayNot)
    const packed = inside('late', packAgent('ada', 'Mine now.\n', {}, 1))
    const stage: SyncRequest = { action: 'stage', key: randomUUID(), part: 0, items: [packed.item] }
    expect(await main.inPreview('late').sync('agents', stage)).toMatchObject({ ok: false, error: mayNot })
    await expect(main.upload(packed.item.bundle, packed.archive)).rejects.toMatchObject(mayNot)
    await project.query(`update public.registry_previews set expires_at = now()`)
    expect(await main.previews.expired()).toEqual(['late'])
    const job = await openAs(PULL)
    expect(await job.previews.down('late', { onlyExpired: true })).toMatchObject({ removed: true })
  })
})

describe('previews over HTTP', () => {
  const ask = (path: string, headers: Record<string, string>, body: unknown) =>
    fetch(`${project.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  test.each<[what: string, path: string, body: unknown]>([
    ['a list', `${FUNCTION}/previews`, { action: 'list' }],
    ['a preview', `${FUNCTION}/previews`, { action: 'up', name: 'x', ...lie }],
    ['a takedown', `${FUNCTION}/previews`, { action: 'down', name: 'x' }],
    ['rows', `${FUNCTION}/rest/v1/rpc/preview_registry_heads?select=id`, { p_env: 'x' }],
    ['a read', `${FUNCTION}/rest/v1/rpc/registry_preview_read`, { p_env: 'x' }],
  ])('the previews endpoint refuses %s without credentials', async (_what, path, body) => {
    const anonymous = { apikey: project.cloud.keys.publishable }
    expect((await ask(path, anonymous, body)).status).toBe(401)
  })

  test.each<[what: string, status: number, body: unknown]>([
    ['invalid JSON', 400, '{'],
    ['no action', 400, { name: 'x' }],
    ['another action', 400, { action: 'drop' }],
    ['a state', 400, { action: 'up', name: 'x', ...lie, state: 'open' }],
    ['half an hour', 400, { action: 'up', name: 'x', ...lie, ttlHours: 0.5 }],
    ['an invalid name', 422, { action: 'up', name: 'a; drop', ...lie }],
    ['an invalid name to take down', 422, { action: 'down', name: '../agents' }],
  ])('the previews endpoint refuses %s with the reason', async (_what, status, body) => {
    const answer = await ask(`${FUNCTION}/previews`, { apikey: project.cloud.keys.secret }, body)
    expect([answer.status, await answer.json()]).toMatchObject([
      status,
      { ok: false, error: { code: 'REFUSED' } },
    ])
  })

  test.each([
    ['a preview', 'registry_preview_up'],
    ['a takedown', 'registry_preview_down'],
    ['the table of previews', 'preview_registry_previews'],
    ['policies', 'preview_registry_policies'],
    ['a join', 'preview_registry_heads?select=*,registry_staged(*)'],
  ])('publishers cannot bypass the functions to reach %s', async (_what, name) => {
    const answer = await ask(
      `${FUNCTION}/rest/v1/rpc/${name}`,
      { authorization: `Bearer ${project.publisher}` },
      {},
    )
    expect(answer.status).toBe(404)
  })

  test('publishers cannot write in a preview by other functions than the one that makes a plan', async () => {
    const answer = await ask(
      `${FUNCTION}/rest/v1/rpc/registry_preview_write`,
      { authorization: `Bearer ${project.publisher}` },
      { p_env: 'pr-1', p_function: 'registry_commit', p_args: { p_request: {} } },
    )
    expect(answer.status).toBe(400)
  })
})
