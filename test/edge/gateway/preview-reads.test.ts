import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRegistry } from '../../../src/cloud/open-registry.ts'
import { bundlePath } from '../../../src/contract/protocol/bundle-path.ts'
import type { Registry } from '../../../src/core/registry/registry.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { type Packed, packAgent, publish, resultOf } from '../../cloud/support/definitions.ts'
import { temporaryRoot } from '../../cloud/support/temporary-folder.ts'
import { FUNCTION, type Project, serveProject } from '../support/functions-under-test.ts'
import { type IdentityProvider, JOB, serveIdentityProvider } from '../support/identity-provider.ts'

const PULL = { ref: 'refs/pull/7/merge', event_name: 'pull_request' }
const THEIRS = { ...PULL, repository: 'octo/other', repository_id: '1002' }
const MAIN = { ref: JOB.ref, event_name: JOB.event_name }
const root = temporaryRoot()
let provider: IdentityProvider
let project: Project
let token: string
const bundles: Record<string, string> = {}

function inside(name: string, { item, archive }: Packed): Packed {
  const path = bundlePath('agents', item.id, item.digest, name)
  return { archive, item: { ...item, bundle: { ...item.bundle, path } } }
}

async function openAs(claims: object): Promise<Registry> {
  provider.claims = { ...claims }
  return openRegistry({
    root: root.path,
    kinds: [agents],
    env: { SUPABASE_URL: project.url, ...provider.env },
  })
}

/** A preview of a job with one agent in it whose text names the preview. */
async function preview(claims: object, name: string): Promise<void> {
  const job = await openAs(claims)
  await job.previews.up({ name, origin: 'ignored', actor: 'ignored' })
  const packed = inside(name, packAgent(`in-${name}`, `Text of ${name}.\n`))
  resultOf(await publish(job.inPreview(name), [packed]))
  bundles[name] = packed.item.bundle.path
}

beforeAll(async () => {
  provider = await serveIdentityProvider()
  project = await serveProject()
  const entry = { issuer: provider.issuer, audience: project.url, repository: JOB.repository }
  const pulls = { refs: ['refs/pull/*'], events: ['pull_request'], previews: true }
  const identities = [
    { ...entry, refs: [JOB.ref], events: [JOB.event_name] },
    { ...entry, ...pulls },
    { ...entry, ...pulls, repository: THEIRS.repository },
  ]
  await project.query(
    `insert into public.registry_policies (kind, identities) values ('*', '${JSON.stringify(identities)}')`,
  )
  const live = packAgent('live', 'Text of live.\n')
  bundles.live = live.item.bundle.path
  const rest = [
    packAgent('draft', 'Text of draft.\n', { status: 'draft', description: 'Summary of draft.' }),
    packAgent('off', 'Text of off.\n', { status: 'disabled', description: 'Summary of off.' }),
  ]
  resultOf(await publish(await openAs(MAIN), [live, ...rest]))
  await preview(PULL, 'pr-7')
  await preview(THEIRS, 'theirs')
  token = await provider.sign({ ...PULL, aud: project.url })
})
afterAll(async () => {
  await project?.close()
  await provider?.close()
  root.remove()
})

interface Read {
  path: string
  /** The body of a call; a read of a table or an object has none. */
  body?: object
}
async function read({ path, body }: Read): Promise<{ status: number; text: string }> {
  const answer = await fetch(`${project.url}${FUNCTION}${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, text: await answer.text() }
}

const rest = (name: string) => `/rest/v1/${name}?select=*`
const rpc = (name: string) => `/rest/v1/rpc/${name}`
const storage = (path: string) => `/storage/v1/object/registry/${path}`
const inPreview = (p_env: string, p_function: string) => ({
  path: rpc('registry_preview_read'),
  body: { p_env, p_function, p_args: { p_kind: 'agents', p_kinds: ['agents'] } },
})

/**
 * Texts that no answer may contain: publishers of production, drafts, disabled agents, and another repository's
 * preview.
 */
const SECRETS = [
  'octo/agents@refs/heads/main',
  'Text of draft',
  'Summary of draft',
  'Text of off',
  'Summary of off',
  'in-theirs',
  'Text of theirs',
]

describe('the reads of a job that may write previews alone', () => {
  test.each<[what: string, read: Read, holds: string]>([
    ['production rows of heads', { path: rest('registry_heads') }, '"live"'],
    ['production rows of revisions', { path: rest('registry_revisions') }, 'Text of live'],
    [
      'the heads of production that a plan needs',
      { path: rpc('registry_heads_json'), body: { p_kinds: ['agents'] } },
      '"draft"',
    ],
    [
      'rows of heads in its own preview',
      { path: `${rpc('preview_registry_heads')}?select=*`, body: { p_env: 'pr-7' } },
      'in-pr-7',
    ],
    [
      'rows of revisions in its own preview',
      { path: `${rpc('preview_registry_revisions')}?select=*`, body: { p_env: 'pr-7' } },
      'Text of pr-7',
    ],
    ['the heads of its own preview', inPreview('pr-7', 'registry_heads_json'), 'in-pr-7'],
  ])(
    'a preview job reads %s, without names of people, drafts and other repositories',
    async (_what, asked, holds) => {
      const { status, text } = await read(asked)
      expect({ status, text }).toEqual({ status: 200, text: expect.stringContaining(holds) })
      expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([])
    },
  )

  test('a preview job reads the bundles of its own preview', async () => {
    expect((await read({ path: storage(bundles['pr-7'] ?? '') })).status).toBe(200)
  })

  test('a preview job gets no more with another filter or shape of the same request', async () => {
    const ways: Read[] = [
      { path: `${rest('registry_heads')}&state=eq.draft` },
      { path: `${rest('registry_revisions')}&state=in.(draft,disabled)` },
      { path: `${rest('registry_revisions')}&kind=eq.agents&kind=neq.x&order=actor` },
      { path: `${rest('registry_revisions')}&or=(state.eq.draft,state.eq.disabled)` },
      { path: `${rest('registry_revisions')}&actor=like.octo*` },
    ]
    for (const way of ways) {
      const { text } = await read(way)
      expect([way.path, SECRETS.filter((secret) => text.includes(secret))]).toEqual([way.path, []])
    }
  })
})

describe('the refused reads of a job that may write previews alone', () => {
  const own = { p_env: 'pr-7' }
  const theirs = { p_env: 'theirs' }
  test.each<[what: string, read: () => Read]>([
    ['releases', () => ({ path: rest('registry_releases') })],
    ['events', () => ({ path: rest('registry_events') })],
    ['plans of templates', () => ({ path: rest('template_instantiations') })],
    ['reports', () => ({ path: rest('registry_validation_reports') })],
    [
      'manifests of a report',
      () => ({ path: storage('reports/00000000-0000-4000-8000-000000000000.json.gz') }),
    ],
    ['bundles of production', () => ({ path: storage(bundles.live ?? '') })],
    [
      'what was live',
      () => ({ path: rpc('registry_live_at'), body: { p_kind: 'agents', p_at: '2026-01-01' } }),
    ],
    ['lists', () => ({ path: rpc('registry_list'), body: { p_kind: 'agents', p_query: {} } })],
    [
      'the heads that moved',
      () => ({ path: rpc('registry_heads_since'), body: { p_known: [{ kind: 'agents' }] } }),
    ],
    ['the counter', () => ({ path: rest('registry_counter') })],
    ['the feed', () => ({ path: rpc('registry_events_since'), body: { p_since: 0, p_limit: 10 } })],
    [
      'which bundles production has',
      () => ({ path: rpc('registry_stored_bundles'), body: { p_bundles: [] } }),
    ],
    ['releases of its preview', () => ({ path: rpc('preview_registry_releases'), body: own })],
    ['events of its preview', () => ({ path: rpc('preview_registry_events'), body: own })],
    ['reports in its preview', () => ({ path: rpc('preview_registry_validation_reports'), body: own })],
    ['plans in its preview', () => ({ path: rpc('preview_template_instantiations'), body: own })],
    ['the counter of its preview', () => ({ ...inPreview('pr-7', 'registry_live_at') })],
    ['events inside of its preview', () => ({ ...inPreview('pr-7', 'registry_events_since') })],
    ['a bundle of another preview', () => ({ path: storage(bundles.theirs ?? '') })],
    ['heads of another preview', () => ({ path: rpc('preview_registry_heads'), body: theirs })],
    ['revisions of another preview', () => ({ path: rpc('preview_registry_revisions'), body: theirs })],
    ['another preview through a function', () => inPreview('theirs', 'registry_heads_json')],
    [
      'two previews at once',
      () => ({ path: rpc('preview_registry_heads'), body: { ...own, p_other: 'theirs' } }),
    ],
    [
      'a preview that is a list',
      () => ({ path: rpc('preview_registry_heads'), body: { p_env: ['theirs'] } }),
    ],
  ])('a preview job may not read %s', async (_what, asked) => {
    const { status, text } = await read(asked())
    expect({ status, code: JSON.parse(text).error.code }).toEqual({ status: 403, code: 'REMOTE_DENIED' })
    expect(SECRETS.filter((secret) => text.includes(secret))).toEqual([])
  })

  test.each([
    'registry_policies',
    'registry_used_tokens',
    'registry_previews',
    'registry_webhooks',
    'registry_answers',
  ])('a preview job may not read the table %s, which needs a secret key', async (table) => {
    expect((await read({ path: rest(table) })).status).toBe(404)
  })
})
