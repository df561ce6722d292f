import type { Query } from './database.ts'

/** The size of a registry that SQL fills: publishing it would take hours. */
export interface LargeRegistry {
  definitions: number
  versions: number
}

/** Definitions in one release. */
const IN_ONE = 100
/** Events that are kept. */
const EVENTS = 10_000

/** The id of a definition by its number. */
export const largeId = (nth: number) => `agent-${String(nth).padStart(5, '0')}`

/** The id of a release, a report or a plan by its number. */
export const largeUuid = (nth: number) => `${nth.toString(16).padStart(8, '0')}-0000-4000-8000-000000000000`

/** The number of the release that published a version of a definition, from 1. */
export function largeRelease({ definitions }: LargeRegistry, nth: number, version: number): number {
  return (version - 1) * (definitions / IN_ONE) + Math.floor(nth / IN_ONE) + 1
}

/** The same as SQL. */
const uuid = (number: string) => `lpad(to_hex(${number}), 8, '0') || '-0000-4000-8000-000000000000'`

/** A path of the bundle of a version, as SQL. */
const PATH = `i.kind || '/' || i.id || '/' || i.digest || '.tar.gz'`

const TABLES = [
  ...[
    'registry_revisions',
    'registry_heads',
    'agent_registry',
    'template_registry',
    'registry_events',
    'registry_releases',
  ],
  ...[
    'registry_release_kinds',
    'registry_head_counts',
    'registry_validation_reports',
    'template_instantiations',
  ],
  'storage.objects',
]

/** Indexes that are made anew after the rows are there, which takes half of the time. */
const INDEXES = `select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
  from pg_index i left join pg_constraint c on c.conindid = i.indexrelid
  where c.oid is null and i.indrelid in ('public.registry_revisions'::regclass, 'storage.objects'::regclass)`

/**
 * Fills an empty registry with agents in many versions, as publishes of 100 definitions each would have, and with servers, a
 * twentieth of them. Of 1,000 agents one has a draft, one is held, one is disabled, one is removed, and one has a version whose
 * content was withdrawn; one in ten requires another.
 */
export async function fillLargeRegistry(query: Query, size: LargeRegistry): Promise<void> {
  const indexes = await query<{ name: string; definition: string }>(INDEXES)
  for (const { name } of indexes) await query(`drop index ${name}`)
  const releases = (size.definitions / IN_ONE) * size.versions
  for (const statement of insertions(size, releases)) await query(statement)
  for (const { definition } of indexes) await query(definition)
  await query('set session_replication_role = origin')
  await query(`vacuum analyze ${TABLES.join(', ')}`)
}

function insertions({ definitions, versions }: LargeRegistry, releases: number): string[] {
  const events = Math.min(EVENTS, definitions * versions)
  const seq = definitions * versions
  return [
    // No trigger announces and prunes, and no row is checked: the whole content is written here.
    'set session_replication_role = replica',
    `insert into public.registry_kinds (kind, singular) values ('agents', 'agent'), ('servers', 'server')`,
    `create temporary table made as
     select k.kind, n::integer as n, v::integer as v, k.singular || '-' || lpad(n::text, 5, '0') as id,
       encode(sha256(convert_to(k.kind || n || ' ' || v, 'UTF8')), 'hex') as digest,
       (v - 1) * ${definitions / IN_ONE} + n / ${IN_ONE} + 1 as release,
       timestamptz '2026-01-01' + ((v - 1) * ${definitions} + n) * interval '1 second' as at,
       jsonb_build_object('name', 'Agent ' || n, 'summary', 'An agent of a large registry.', 'status', 'active',
         'tags', jsonb_build_array('bench', 'group-' || n % 20), 'provides', jsonb_build_array('skill-' || n % 50),
         'version', v || '.0.0', 'owner', '@team-' || n % 50,
         'facts', jsonb_build_object('category', 'category-' || n % 10)) as metadata,
       case when n % 10 = 5 then jsonb_build_array(jsonb_build_object('kind', 'agents', 'relation', 'requires',
         'file', 'agent.json', 'pointer', jsonb_build_array('requires'), 'id', 'agent-' || lpad((n - 1)::text, 5, '0'))) else '[]' end as refs
     from (values ('agents', 'agent', ${definitions}), ('servers', 'server', ${definitions / 20})) as k(kind, singular, amount),
       generate_series(1, ${versions}) as v, generate_series(0, k.amount - 1) as n`,
    `insert into public.registry_revisions (kind, id, version, digest, prompt_hash, state, declared_version, manifest,
       texts, files, refs, metadata, bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, dirty, origin,
       actor, release_id, created_at, withdrawn_at, withdrawn_by, withdrawn_reason)
     select i.kind, i.id, i.v, i.digest, i.digest, 'active', i.v || '.0.0',
       jsonb_build_object('agentId', i.id, 'name', 'Agent ' || i.n, 'version', i.v || '.0.0',
         'description', 'An agent of a large registry.', 'prompts', jsonb_build_object('system', 'prompts/system.md')),
       jsonb_build_object('prompts/system.md', 'You are ' || i.id || '.'),
       jsonb_build_array(jsonb_build_object('path', 'prompts/system.md', 'size', 20, 'sha256', i.digest)),
       i.refs, i.metadata, ${PATH}, 600, i.digest, left(i.digest, 40), i.release, false, 'publish', 'bench',
       ${uuid('i.release')}, i.at,
       case when gone then i.at end, case when gone then 'bench' end, case when gone then 'leaked' end
     from (select *, n % 1000 = 7 and v = 3 as gone from made) as i order by i.v, i.n`,
    ...['agents', 'servers'].map(
      (
        kind,
      ) => `insert into public.${kind === 'agents' ? 'agent_registry' : 'registry_heads'} (kind, id, state, version,
       latest_version, digest, metadata, refs, prompt_hash, latest_digest, commit_sha, commit_rank, updated_at,
       draft_version, hold, disabled)
     select i.kind, i.id, case i.n % 1000 when 3 then 'disabled' when 4 then 'removed' else 'active' end,
       case i.n % 1000 when 2 then greatest(i.v - 1, 1) when 4 then null else i.v end, i.v, i.digest, i.metadata, i.refs, i.digest, i.digest,
       left(i.digest, 40), i.release, i.at, case when i.n % 1000 = 1 then i.v end,
       case when i.n % 1000 = 2 then jsonb_build_array(jsonb_build_object('digest', i.digest, 'version', i.v,
         'reason', 'wrong', 'by', 'bench', 'since', '2026-02-01T00:00:00.000Z')) else '[]' end,
       case when i.n % 1000 = 3 then '{"reason": "harm", "by": "bench", "since": "2026-02-01T00:00:00.000Z"}'::jsonb end
     from made i where i.v = ${versions} and i.kind = '${kind}'`,
    ),
    `insert into public.registry_head_counts (kind, state, live, amount)
     select kind, state, version is not null, count(*) from public.registry_heads group by 1, 2, 3`,
    `insert into public.registry_events (seq, type, kind, id, version, digest, release_id, audience, at)
     select (i.v - 1) * ${definitions} + i.n + 1, 'agent.updated', 'agents', i.id, i.v, i.digest, ${uuid('i.release')},
       'public', i.at
     from made i where i.kind = 'agents' and (i.v - 1) * ${definitions} + i.n >= ${seq - events}`,
    `update public.registry_counter set seq = ${seq}, floor = ${seq - events}`,
    `insert into public.registry_releases (id, principal, idempotency_key, request_hash, origin, commit_sha, commit_rank,
       dirty, actor, seq, response, created_at)
     select ${uuid('r')}, 'owner', 'key-' || r, 'hash', 'publish',
       encode(sha256(convert_to('commit ' || r, 'UTF8')), 'hex'), r, false, 'bench', r * ${IN_ONE},
       jsonb_build_object('releaseId', ${uuid('r')}, 'replayed', false, 'dryRun', false, 'seq', r * ${IN_ONE},
         'outcomes', (select jsonb_agg(jsonb_build_object('kind', 'agents', 'id',
           'agent-' || lpad((((r - 1) % ${definitions / IN_ONE}) * ${IN_ONE} + k)::text, 5, '0'), 'outcome', 'updated',
           'version', (r - 1) / ${definitions / IN_ONE} + 1, 'digest', repeat('a', 64)))
           from generate_series(0, ${IN_ONE - 1}) as k)),
       timestamptz '2026-01-01' + r * ${IN_ONE} * interval '1 second'
     from generate_series(1, ${releases}) as r`,
    `insert into public.registry_release_kinds (kind, seq) select 'agents', seq from public.registry_releases`,
    `insert into public.registry_validation_reports (id, idempotency_key, verdict, release_id, findings, summary, counts,
       actor, commit_sha, created_at, manifests)
     select ${uuid('r')}, 'key-' || r, case when r % 10 = 0 then 'refused' else 'accepted' end,
       case when r % 10 <> 0 then ${uuid('r')} end, '[]', '{"updated": 100}',
       '{"definitions": 100, "errors": 0}', 'bench', repeat('a', 40),
       now() - interval '30 days' + r * interval '1 minute',
       case when r % 10 = 0 then 'reports/' || ${uuid('r')} || '.json.gz' end
     from generate_series(1, ${releases}) as r`,
    `insert into public.template_instantiations (plan_id, idempotency_key, request_hash, kind, id, version, digest, locks,
       document, actor, created_at)
     select (${uuid('r')})::uuid, 'plan-' || r, 'hash', 'agents', 'agent-' || lpad((r % ${definitions})::text, 5, '0'), 1, repeat('a', 64),
       '[]', '{"steps": []}', 'bench', timestamptz '2026-01-01' + r * interval '1 second'
     from generate_series(1, ${releases}) as r`,
    `insert into storage.objects (bucket_id, name, metadata, version, created_at)
     select 'registry', ${PATH}, jsonb_build_object('size', 600, 'eTag', i.digest, 'mimetype', 'application/gzip'),
       '1', i.at
     from made i order by i.v, i.n`,
    `insert into storage.objects (bucket_id, name, metadata, version, created_at)
     select 'registry', 'reports/' || ${uuid('r')} || '.json.gz', '{"size": 600}', '1', now() - interval '30 days'
     from generate_series(10, ${releases}, 10) as r`,
    'drop table made',
  ]
}
