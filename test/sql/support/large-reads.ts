import { largeUuid } from '../../harness/large-registry.ts'

/** What a read may cost: rows that scans return or leave out. */
export interface Cost {
  /** The rows that are asked for, a definition's versions among them. */
  rows: number
}

/** So many rows of what is asked for. */
const few = (rows: number): Cost => ({ rows: 100 + 4 * rows })
/** Each definition `times` times, and no other version of it. */
const heads = (times: number): Cost => ({ rows: 100 + times * 10_600 })

/** Versions of each definition. */
const VERSIONS = 20
const BEFORE = '2026-01-02T00:00:00Z'
const [RELEASE, LAST_RELEASE] = [largeUuid(77), largeUuid(1_977)]

export type Caller = 'anon' | 'publisher' | 'secret'
const ALL: Caller[] = ['anon', 'publisher', 'secret']
const READER: Caller[] = ['anon', 'publisher']
const PUBLISHER: Caller[] = ['publisher']

/** Requests to the API, their callers and their cost. An answer for another caller may come from memory. */
export const REQUESTS: [path: string, callers: Caller[], cost: Cost][] = [
  ['/api/health', ALL, few(1)],
  ['/api/kinds', READER, few(1)],
  ['/api/agents', READER, few(25)],
  ['/api/agents?limit=100', READER, few(100)],
  ['/api/agents?sort=-updatedAt', READER, few(25)],
  ['/api/agents?view=row&limit=500', READER, few(500)],
  ['/api/agents?view=manifest&limit=50', READER, few(50)],
  // A filter of the content reads every definition of the kind, once.
  ['/api/agents?tag=group-3', READER, heads(1)],
  ['/api/agents?skill=skill-3', READER, heads(1)],
  ['/api/agents?category=category-3', READER, heads(1)],
  ['/api/agents?owner=%40team-3', READER, heads(1)],
  ['/api/agents?search=00042', READER, heads(1)],
  ['/api/agents?status=deprecated', READER, heads(1)],
  ['/api/agents?waiting=true', PUBLISHER, few(10)],
  ['/api/agents?held=true', PUBLISHER, few(10 * VERSIONS)],
  [`/api/agents?at=${BEFORE}`, PUBLISHER, heads(2)],
  ['/api/agents/agent-00042', ALL, few(1)],
  ['/api/agents/agent-00002', ALL, few(1)],
  ['/api/agents/agent-00042/versions', ALL, few(VERSIONS)],
  ['/api/agents/agent-00042/versions/5', ALL, few(1)],
  ['/api/agents/agent-00042/bundle', ALL, few(1)],
  ['/api/agents/agent-00042/diff?from=3&to=5', ALL, few(2)],
  ['/api/agents/agent-00044/links', ALL, few(2)],
  [`/api/agents/agent-00042/live?at=${BEFORE}`, PUBLISHER, few(1)],
  ['/api/events?since=199900', ALL, few(100)],
  ['/api/events?since=now', ALL, few(1)],
  ['/api/events?since=2026-01-03T07:00:00Z', ALL, few(100)],
  ['/api/events?since=199900&expand=release', PUBLISHER, few(200)],
  ['/api/releases', PUBLISHER, few(25)],
  ['/api/releases?kind=agents', PUBLISHER, few(25)],
  ['/api/releases?kind=templates', PUBLISHER, few(1)],
  ['/api/releases?kind=agents&id=agent-00042', PUBLISHER, few(VERSIONS)],
  ['/api/releases?origin=rollback', PUBLISHER, few(1)],
  ['/api/releases?actor=nobody', PUBLISHER, few(1)],
  ['/api/releases?commit=abcd', PUBLISHER, few(1)],
  [`/api/releases?since=${BEFORE}&until=2026-01-02T01:00:00Z`, PUBLISHER, few(25)],
  [`/api/releases/${RELEASE}`, PUBLISHER, few(30 * VERSIONS)],
  ['/api/reports', PUBLISHER, few(25)],
  ['/api/reports?verdict=refused', PUBLISHER, few(25)],
  ['/api/reports?origin=validate', PUBLISHER, few(1)],
  [`/api/reports/${RELEASE}`, PUBLISHER, few(1)],
  ['/api/instantiations', PUBLISHER, few(25)],
  ['/api/instantiations?kind=agents&id=agent-00042', PUBLISHER, few(1)],
  [`/api/instantiations/${RELEASE}`, PUBLISHER, few(1)],
  ['/api/previews', PUBLISHER, few(1)],
  ['/api/webhooks', PUBLISHER, few(1)],
  ['/.well-known/agent-skills/index.json', ['anon'], few(1)],
]

const EFFECT = {
  key: 'a-new-key',
  actor: 'bench',
  reason: 'because',
  commit: { sha: 'a'.repeat(40), rank: 3_000, dirty: false },
}
const [ONE, DRAFT, DISABLED, REMOVED] = ['agent-00042', 'agent-00001', 'agent-00003', 'agent-00004'].map(
  (id) => ({
    ...EFFECT,
    kind: 'agents',
    id,
  }),
)
const PREVIEW = { name: 'pr-1', origin: 'o/r#1', actor: 'bench', commit: 'c', ttlHours: 24 }
const WEBHOOK = {
  url: 'https://x.test/',
  deployment: false,
  secret: 's',
  kinds: [],
  types: [],
  audience: 'public',
  actor: 'b',
}

const json = (value: unknown) => `'${JSON.stringify(value)}'::jsonb`
const call = (name: string, ...args: string[]) => `select public.${name}(${args.join(', ')})`

/** Statements of one transaction, which is taken back, the role that sends them, and their cost. */
export const STATEMENTS: [what: string, role: string, statements: string[], cost: Cost][] = [
  [
    'two heads',
    'service_role',
    [call('registry_heads_json', json(['agents']), json(['agent-00042', 'agent-00043']))],
    few(2),
  ],
  ['all heads', 'service_role', [call('registry_heads_json', json(['agents']))], heads(1)],
  // Their stamps are summed.
  [
    'heads since an event',
    'service_role',
    [
      call(
        'registry_heads_since',
        `jsonb_build_array(jsonb_build_object('kind', 'agents', 'seq', 199999,
      'mark', public.registry_mark_of(199999)))`,
      ),
    ],
    heads(1),
  ],
  // Their trees are compared, and few of them are sent.
  [
    'heads apart from a commit',
    'service_role',
    [call('registry_heads_apart', json([{ kind: 'agents', digits: 3, buckets: {}, most: 1 }]))],
    heads(1),
  ],
  ['heads for a job', 'service_role', [call('registry_plan_heads_json', json(['agents']))], heads(1)],
  [
    'the head for a job',
    'service_role',
    [`select * from public.plan_registry_heads(null, 'agents', 'agent-00042')`],
    few(1),
  ],
  [
    'versions for a job',
    'service_role',
    [`select * from public.plan_registry_revisions(null, 'agents', 'agent-00042')`],
    few(VERSIONS),
  ],
  [
    'a page by id',
    'anon',
    [call('registry_list', `'agents'`, json({ after: 'agent-05000', limit: 25 }))],
    few(25),
  ],
  [
    'a page by time',
    'anon',
    [
      call(
        'registry_list',
        `'agents'`,
        json({ sort: '-updatedAt', after: 'agent-05000', afterAt: 1_767_414_000_000_000, limit: 25 }),
      ),
    ],
    few(25),
  ],
  [
    'a list since few events',
    'anon',
    [call('registry_list', `'agents'`, json({ since: 199_990, limit: 25 }))],
    few(10),
  ],
  [
    'a list since many events',
    'anon',
    [call('registry_list', `'agents'`, json({ since: 191_000, limit: 25 }))],
    heads(2),
  ],
  ['what was live', 'service_role', [call('registry_live_at', `'agents'`, `'${BEFORE}'`)], heads(3)],
  [
    'what was live of one',
    'service_role',
    [call('registry_live_at', `'agents'`, `'${BEFORE}'`, `'agent-00042'`)],
    few(1),
  ],
  // Row security looks at the head of each, and at nothing else.
  [
    'the versions of 50, for readers',
    'anon',
    [`select count(*) from public.registry_versions where kind = 'agents' and id < 'agent-00050'`],
    { rows: 100 + 2 * 50 * VERSIONS },
  ],
  [
    'the newest editions',
    'service_role',
    [call('registry_list_editions', `'servers'`, json({ limit: 30 }))],
    few(30 * VERSIONS),
  ],
  [
    'the editions of one',
    'service_role',
    [call('registry_list_editions', `'servers'`, json({ limit: 30, id: 'server-00042' }))],
    few(VERSIONS * VERSIONS),
  ],
  ['dependents', 'anon', [call('registry_dependents', `'agents'`, `'agent-00044'`, '50')], few(1)],
  [
    'a disabled definition',
    'anon',
    [call('registry_is_disabled', `'agents'`, `'agent-00003'`, `'${'a'.repeat(64)}'`)],
    few(VERSIONS),
  ],
  [
    'a held definition',
    'anon',
    [call('registry_is_held', `'agents'`, `'agent-00002'`, `'${'a'.repeat(64)}'`)],
    few(1),
  ],
  [
    'stored bundles',
    'service_role',
    [call('registry_stored_bundles', json([{ path: 'agents/x/y.tar.gz', size: 3 }]))],
    few(1),
  ],
  ['stored objects', 'service_role', [call('registry_stored_objects', json(['agents/x/y.tar.gz']))], few(1)],
  [
    'a publish of one',
    'service_role',
    [
      call(
        'registry_stage',
        `'a-new-key'`,
        `'agents'`,
        `'agent'`,
        '0',
        `(select jsonb_build_array(jsonb_build_object('id', id,
        'digest', digest || 'x', 'prompt_hash', digest, 'state', 'active', 'manifest', manifest, 'texts', texts, 'files', files,
        'refs', refs, 'metadata', metadata, 'bundle_path', bundle_path, 'bundle_size', bundle_size, 'bundle_sha256', bundle_sha256,
        'expected_version', ${VERSIONS})) from public.registry_revisions
        where kind = 'agents' and id = 'agent-00042' and version = ${VERSIONS})`,
      ),
      call(
        'registry_commit',
        `${json({ ...EFFECT, kinds: ['agents'], parts: 1, removals: [] })} || jsonb_build_object('content',
        (select encode(sha256(convert_to('agents/agent-00042 ' || digest || E' ${VERSIONS}\\n', 'UTF8')), 'hex')
        from public.registry_staged))`,
      ),
    ],
    few(VERSIONS),
  ],
  [
    'a rollback',
    'service_role',
    [call('registry_rollback', json({ ...EFFECT, target: { kind: 'agents', id: 'agent-00042' } }))],
    few(VERSIONS),
  ],
  [
    'the undo of 100',
    'service_role',
    [call('registry_rollback', json({ ...EFFECT, target: { release: LAST_RELEASE } }))],
    few(100 * VERSIONS),
  ],
  ['a switch off', 'service_role', [call('registry_disable', json(ONE))], few(1)],
  ['a switch on', 'service_role', [call('registry_enable', json(DISABLED))], few(1)],
  ['a promotion', 'service_role', [call('registry_promote', json(DRAFT))], few(VERSIONS)],
  ['an undelete', 'service_role', [call('registry_undelete', json(REMOVED))], few(VERSIONS)],
  [
    'a new rank of one',
    'service_role',
    [
      call(
        'registry_rebase',
        json({
          ...EFFECT,
          commit: { ...EFFECT.commit, rank: 3 },
          target: { kind: 'agents', id: 'agent-00042' },
        }),
      ),
    ],
    heads(1),
  ],
  // All reports are searched for the content.
  ['a withdrawal', 'service_role', [call('registry_withdraw', json({ ...ONE, version: 5 }))], few(2_000)],
  [
    'a plan',
    'service_role',
    [
      call(
        'registry_instantiate',
        `${json({ key: 'a-new-key', hash: 'h', actor: 'b', locks: [], document: {} })} || jsonb_build_object(
      'source', (select jsonb_build_object('kind', kind, 'id', id, 'version', version, 'digest', digest)
      from public.registry_heads where kind = 'agents' and id = 'agent-00042'))`,
      ),
    ],
    few(1),
  ],
  [
    'a report of a refusal',
    'service_role',
    [
      call(
        'registry_report',
        json({ key: 'k', findings: [{ kind: 'agents', id: 'agent-00042' }], message: 'm', actor: 'b' }),
      ),
    ],
    few(1),
  ],
  [
    'a report of a check',
    'service_role',
    [call('registry_keep_report', json({ id: 'deadbeef', key: 'k', verdict: 'accepted', counts: {} }))],
    few(1),
  ],
  // 200 reports have manifests.
  [
    'old reports',
    'service_role',
    [call('registry_prune_reports'), call('registry_sweep', `'1 day'`)],
    few(200),
  ],
  ['old events', 'service_role', [call('registry_prune_events', json({}))], few(1)],
  [
    'a delivery',
    'service_role',
    [
      call('registry_add_webhook', json(WEBHOOK)),
      'reset role; update public.registry_webhooks set cursor = 199900; set local role service_role',
      call('registry_lease_deliveries', json({ limit: 5, seconds: 30 })),
      call('registry_settle_delivery', json({ webhook: 'none', lease: largeUuid(1), outcome: 'delivered' })),
      call('registry_list_webhooks'),
    ],
    few(100),
  ],
  [
    'a preview',
    'service_role',
    [
      call('registry_preview_up', json(PREVIEW)),
      call('registry_preview_list'),
      call('registry_preview_changes', `'pr-1'`),
      `select * from public.preview_registry_heads('pr-1', 'agents', 'agent-00042')`,
      `select * from public.preview_registry_revisions('pr-1', 'agents', 'agent-00042')`,
      call('registry_preview_objects', `'pr-1'`),
      call('registry_preview_expired'),
      call('registry_preview_close', `'pr-1'`),
      call('registry_preview_down', `'pr-1'`),
    ],
    few(VERSIONS),
  ],
  // A marketplace has every live definition; what has none is looked up among its versions.
  [
    'a marketplace',
    'service_role',
    [call('registry_marketplace', json({ kinds: ['agents'], form: 1 }))],
    heads(2),
  ],
  // An index has every live definition, and one row of each.
  ['an index of downloads', 'service_role', [call('registry_downloads', json({ kind: 'agents' }))], heads(2)],
  [
    'archives to keep',
    'service_role',
    [
      call(
        'registry_keep_archives',
        '1',
        json([{ kind: 'agents', id: 'agent-00042', version: 3, entry: {}, sha256: 'x' }]),
      ),
    ],
    few(1),
  ],
  // A list in a preview has all definitions in front of it.
  [
    'a list in a preview',
    'service_role',
    [
      call('registry_preview_up', json(PREVIEW)),
      call(
        'registry_preview_read',
        `'pr-1'`,
        `'registry_list'`,
        json({ p_kind: 'agents', p_query: { limit: 25 } }),
      ),
    ],
    heads(2),
  ],
]
