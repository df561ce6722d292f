import type { Name } from './access-matrix.ts'
import { digestFor } from './registry-under-test.ts'

const DRAFT_BUNDLE = `agents/draft/${digestFor({ id: 'draft', state: 'draft' })}.tar.gz`

/**
 * A statement, and the ids that each caller gets from it after the history of the test, or the SQLSTATE that it ends
 * with.
 */
export const READS: [sql: string, expected: Record<Name, string[]>][] = [
  [
    `select id from public.registry_heads where kind = 'agents'`,
    {
      anon: ['both', 'live', 'old', 'past'],
      user: ['both', 'live', 'old', 'past'],
      publisher: ['both', 'draft', 'gone', 'live', 'off', 'old', 'past'],
      service: ['both', 'draft', 'gone', 'live', 'off', 'old', 'past'],
    },
  ],
  [
    'select agent_id as id from public.agent_registry',
    {
      anon: ['both', 'live', 'old', 'past'],
      user: ['both', 'live', 'old', 'past'],
      publisher: ['both', 'draft', 'gone', 'live', 'off', 'old', 'past'],
      service: ['both', 'draft', 'gone', 'live', 'off', 'old', 'past'],
    },
  ],
  [
    `select template_id || coalesce(' ' || (rollback_advice #>> '{}'), '') as id from public.template_registry`,
    {
      anon: ['plan'],
      user: ['plan'],
      publisher: ['plan', 'plan-draft hush'],
      service: ['plan', 'plan-draft hush'],
    },
  ],
  [
    `select concat_ws(' ', state, live, amount) as id from public.registry_head_counts where kind = 'agents'`,
    {
      anon: ['active t 3', 'deprecated t 1'],
      user: ['active t 3', 'deprecated t 1'],
      publisher: ['active t 3', 'deprecated t 1', 'disabled t 1', 'draft f 1', 'removed f 1'],
      service: ['active t 3', 'deprecated t 1', 'disabled t 1', 'draft f 1', 'removed f 1'],
    },
  ],
  [
    `select id from public.template_instantiations`,
    { anon: ['42501'], user: [], publisher: ['plan'], service: ['plan'] },
  ],
  [
    `insert into public.template_instantiations (idempotency_key) values ('x') returning id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['42501'] },
  ],
  [
    `select public.registry_instantiate('{}')::text as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['PT422'] },
  ],
  [
    `select id || version as id from public.registry_revisions where kind = 'agents'`,
    {
      anon: ['both1', 'live1', 'old1', 'past3'],
      user: ['both1', 'live1', 'old1', 'past3'],
      publisher: [
        'both1',
        'both2',
        'draft1',
        'gone1',
        'gone2',
        'live1',
        'off1',
        'old1',
        'past1',
        'past2',
        'past3',
      ],
      service: [
        'both1',
        'both2',
        'draft1',
        'gone1',
        'gone2',
        'live1',
        'off1',
        'old1',
        'past1',
        'past2',
        'past3',
      ],
    },
  ],
  [
    `select id || version || case when withdrawn_at is null then '' else ' withdrawn' end as id
      from public.registry_revisions where kind = 'undone'`,
    {
      anon: ['a1', 'a3', 'b1', 'b2 withdrawn', 'b3'],
      user: ['a1', 'a3', 'b1', 'b2 withdrawn', 'b3'],
      publisher: ['a1', 'a2', 'a3', 'b1', 'b2 withdrawn', 'b3'],
      service: ['a1', 'a2', 'a3', 'b1', 'b2 withdrawn', 'b3'],
    },
  ],
  [
    `select id || ' ' || split_part(type, '.', 2) as id from public.registry_events where id in ('draft', 'gone', 'live', 'off')`,
    {
      anon: ['gone added', 'gone removed', 'live added'],
      user: ['gone added', 'gone removed', 'live added'],
      publisher: [
        'draft added',
        'gone added',
        'gone removed',
        'live added',
        'live validation_failed',
        'off added',
      ],
      service: [
        'draft added',
        'gone added',
        'gone removed',
        'live added',
        'live validation_failed',
        'off added',
      ],
    },
  ],
  [
    `select e ->> 'id' as id from jsonb_array_elements(public.registry_events_since(0, 1000) -> 'events') as e
      where e ->> 'id' in ('draft', 'gone', 'live', 'off')`,
    {
      anon: ['gone', 'gone', 'live'],
      user: ['gone', 'gone', 'live'],
      publisher: ['draft', 'gone', 'gone', 'live', 'live', 'off'],
      service: ['draft', 'gone', 'gone', 'live', 'live', 'off'],
    },
  ],
  [
    `select public.registry_prune_events('{}') ->> 'pruned' as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['0'] },
  ],
  [
    `select 'one' as id from (select from public.registry_releases limit 1) as t`,
    { anon: ['42501'], user: [], publisher: ['one'], service: ['one'] },
  ],
  [
    `select 'one' as id from (select from public.registry_validation_reports limit 1) as t`,
    { anon: ['42501'], user: [], publisher: ['one'], service: ['one'] },
  ],
  [
    `select id from public.registry_staged`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['waiting'] },
  ],
  [
    `select hold::text as id from public.registry_heads where id = 'live'`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['[]'] },
  ],
  [
    `select public.registry_heads_since('[{"kind": "agents"}]') #>> '{kinds,0,count}' as id`,
    { anon: ['42501'], user: ['PT403'], publisher: ['7'], service: ['7'] },
  ],
  [
    `select public.registry_heads_apart('[{"kind": "agents"}]') #>> '{0,count}' as id`,
    { anon: ['42501'], user: ['PT403'], publisher: ['7'], service: ['7'] },
  ],
  [
    `select (select count(*) from json_array_elements(public.registry_heads_json('["agents"]')))::text as id`,
    { anon: ['42501'], user: ['PT403'], publisher: ['7'], service: ['7'] },
  ],
  [
    `insert into public.registry_kinds values ('x', 'x') returning kind as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['42501'] },
  ],
  [
    `update public.registry_heads set id = id returning id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['42501'] },
  ],
  [
    `select public.registry_sweep('1 year')::text as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['0'] },
  ],
  [
    `select 'one' as id from public.registry_counter`,
    { anon: ['one'], user: ['one'], publisher: ['one'], service: ['one'] },
  ],
  [
    `select kind as id from public.registry_kinds`,
    {
      anon: ['agents', 'templates', 'undone'],
      user: ['agents', 'templates', 'undone'],
      publisher: ['agents', 'templates', 'undone'],
      service: ['agents', 'templates', 'undone'],
    },
  ],
  [
    `select kind as id from public.registry_policies`,
    { anon: ['42501'], user: [], publisher: ['capped'], service: ['capped'] },
  ],
  [
    `select i ->> 'id' as id from json_array_elements(public.registry_list('agents', '{}') -> 'items') as i`,
    {
      anon: ['both', 'live', 'old', 'past'],
      user: ['both', 'live', 'old', 'past'],
      publisher: ['both', 'draft', 'live', 'off', 'old', 'past'],
      service: ['both', 'draft', 'live', 'off', 'old', 'past'],
    },
  ],
  [
    `select public.registry_promote('{}')::text as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['PT422'] },
  ],
  [
    `select public.registry_disable('{}')::text as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['PT422'] },
  ],
  [
    `select public.registry_enable('{}')::text as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['PT422'] },
  ],
  [
    `select public.registry_withdraw('{}')::text as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['PT422'] },
  ],
  [
    `select name as id from storage.objects where bucket_id = 'registry' and name like 'agents/draft/%'`,
    { anon: [], user: [], publisher: [DRAFT_BUNDLE], service: [DRAFT_BUNDLE] },
  ],
  [
    `select name as id from storage.objects where bucket_id = 'other'`,
    { anon: [], user: [], publisher: [], service: ['agents/draft/other'] },
  ],
  // Rows that the service role writes here, for the statements below.
  [
    `insert into storage.objects (bucket_id, name) values ('registry', 'agents/mine') returning name as id`,
    { anon: ['42501'], user: ['42501'], publisher: ['42501'], service: ['agents/mine'] },
  ],
  [
    `update storage.objects set metadata = '{}' where name = 'agents/mine' returning name as id`,
    { anon: [], user: [], publisher: [], service: ['agents/mine'] },
  ],
  [
    `delete from storage.objects where name = 'agents/mine' returning name as id`,
    { anon: [], user: [], publisher: [], service: ['agents/mine'] },
  ],
]
