-- The heads: one row for each definition, with its live and its newest revision; and the counter of events.

-- One row that every effect locks first: publishes run one after the other, and seq follows their order without gaps.
create table public.registry_counter (
  only_row boolean primary key default true check (only_row),
  seq bigint not null default 0,
  -- the feed begins after this event: events up to it are deleted, and all later events are kept without a gap
  floor bigint not null default 0,
  constraint registry_counter_floor check (floor between 0 and seq)
);
alter table public.registry_counter enable row level security;
revoke all on public.registry_counter from public, anon, authenticated, service_role;
grant select on public.registry_counter to anon, authenticated, service_role;
-- The counter is public: readers compare one number and keep their copies while it is unchanged.
create policy everyone_reads on public.registry_counter for select to anon, authenticated using (true);
insert into public.registry_counter default values;

-- The singular of every kind that was ever published, for the names of events; a new kind needs no migration.
create table public.registry_kinds (
  kind text primary key,
  singular text not null
);
alter table public.registry_kinds enable row level security;
revoke all on public.registry_kinds from public, anon, authenticated, service_role;
grant select on public.registry_kinds to anon, authenticated, service_role;
create policy everyone_reads on public.registry_kinds for select to anon, authenticated using (true);

-- One row for each definition: its live revision, its newest revision, and the content that a publish may not bring
-- back.
-- Kinds with a table of their own inherit from this one; all others live in it (docs/decisions/002-head-tables.md).
-- Readers see live definitions, and publishers see everything. Each role has one policy, here and below, because
-- PostgreSQL evaluates all policies of a role for each row.
create table public.registry_heads (
  kind text not null,
  id text not null,
  state text not null check (state in ('draft', 'active', 'deprecated', 'disabled', 'removed')),
  version integer,
  draft_version integer,
  latest_version integer not null,
  -- content of the live revision, or of the newest revision while no revision is live
  digest text not null,
  metadata jsonb not null,
  refs jsonb not null,
  prompt_hash text not null,
  -- digest, git's tree (registry_revisions), commit and rank of the newest revision
  latest_digest text not null,
  git_tree text,
  commit_sha text not null,
  commit_rank integer not null,
  -- content that a publish does not make live, [{digest, version, reason, by, since, withdrawn}]: the content was
  -- rolled back or withdrawn
  hold jsonb not null default '[]' check (jsonb_typeof(hold) = 'array'),
  -- when the live revision, or the only draft, last moved
  updated_at timestamptz not null,
  -- the operator's switch, {reason, by, since}: set while an operator keeps the definition disabled
  disabled jsonb check (jsonb_typeof(disabled) = 'object'),
  -- for row security of the revisions, whose readers may not read the holds
  has_hold boolean not null generated always as (hold <> '[]') stored,
  primary key (kind, id),
  constraint kinds_without_table check (kind not in ('agents', 'templates')) no inherit
);
-- pages of a list are in byte order, in a database of any collation
create index registry_heads_order on public.registry_heads (kind, id collate "C");
create index registry_heads_newest on public.registry_heads (kind, updated_at desc, id collate "C");
create index registry_heads_drafts on public.registry_heads (kind, id) where draft_version is not null;
create index registry_heads_holds on public.registry_heads (kind, id) where has_hold;
create index registry_heads_refs on public.registry_heads using gin (refs jsonb_path_ops) with (fastupdate = off);
alter table public.registry_heads enable row level security;
revoke all on public.registry_heads from public, anon, authenticated, service_role;
grant select (kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold)
  on public.registry_heads to anon, authenticated;
grant select on public.registry_heads to service_role;
create policy live_is_public on public.registry_heads
  for select to anon using (state in ('active', 'deprecated') and version is not null);
create policy signed_in_read on public.registry_heads
  for select to authenticated using (
    (select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));

-- Heads of agents, readable as a table of their own and, through inheritance, together with all kinds.
create table public.agent_registry (
  agent_id text generated always as (id) stored,
  primary key (kind, id),
  unique (agent_id),
  check (kind = 'agents')
) inherits (public.registry_heads);
create index agent_registry_order on public.agent_registry (kind, id collate "C");
create index agent_registry_newest on public.agent_registry (kind, updated_at desc, id collate "C");
create index agent_registry_drafts on public.agent_registry (kind, id) where draft_version is not null;
create index agent_registry_holds on public.agent_registry (kind, id) where has_hold;
create index agent_registry_refs on public.agent_registry using gin (refs jsonb_path_ops) with (fastupdate = off);
alter table public.agent_registry enable row level security;
revoke all on public.agent_registry from public, anon, authenticated, service_role;
grant select (agent_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold)
  on public.agent_registry to anon, authenticated;
grant select on public.agent_registry to service_role;
create policy live_is_public on public.agent_registry
  for select to anon using (state in ('active', 'deprecated') and version is not null);
create policy signed_in_read on public.agent_registry
  for select to authenticated using (
    (select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));

-- Heads of templates, with the previous version and the author's advice, which a rollback of a template needs.
create table public.template_registry (
  template_id text generated always as (id) stored,
  -- the version that was live before the live version, or the last live version while no version is live
  previous_version integer,
  -- from the manifest of the revision whose metadata this row has
  rollback_advice jsonb,
  primary key (kind, id),
  unique (template_id),
  check (kind = 'templates')
) inherits (public.registry_heads);
create index template_registry_order on public.template_registry (kind, id collate "C");
create index template_registry_newest on public.template_registry (kind, updated_at desc, id collate "C");
create index template_registry_drafts on public.template_registry (kind, id) where draft_version is not null;
create index template_registry_holds on public.template_registry (kind, id) where has_hold;
create index template_registry_refs on public.template_registry
  using gin (refs jsonb_path_ops) with (fastupdate = off);
alter table public.template_registry enable row level security;
revoke all on public.template_registry from public, anon, authenticated, service_role;
grant select (template_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold, previous_version,
    rollback_advice)
  on public.template_registry to anon, authenticated;
grant select on public.template_registry to service_role;
create policy live_is_public on public.template_registry
  for select to anon using (state in ('active', 'deprecated') and version is not null);
create policy signed_in_read on public.template_registry
  for select to authenticated using (
    (select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));

-- The number of definitions of each kind, by state and by whether a version is live: to count the rows takes longer the
-- more there are. A trigger of the heads keeps it.
create table public.registry_head_counts (
  kind text not null,
  state text not null,
  live boolean not null,
  amount bigint not null,
  primary key (kind, state, live)
);
alter table public.registry_head_counts enable row level security;
revoke all on public.registry_head_counts from public, anon, authenticated, service_role;
grant select on public.registry_head_counts to anon, authenticated, service_role;
create policy live_is_public on public.registry_head_counts
  for select to anon using (state in ('active', 'deprecated') and live);
create policy signed_in_read on public.registry_head_counts
  for select to authenticated using (
    (select public.registry_is_publisher()) or (state in ('active', 'deprecated') and live));

-- Adds what a statement changed to the numbers of definitions: few rows, however many definitions it moved.
create function public.registry_count_heads()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  execute format($sql$
    insert into public.registry_head_counts as t (kind, state, live, amount)
    select c.kind, c.state, c.live, sum(c.amount) from (%s) as c
    group by c.kind, c.state, c.live
    having sum(c.amount) <> 0
    order by c.kind, c.state, c.live
    on conflict (kind, state, live) do update set amount = t.amount + excluded.amount
    $sql$, concat_ws(' union all ',
      case when tg_op <> 'DELETE' then 'select kind, state, version is not null as live, 1 as amount from inserted' end,
      case when tg_op <> 'INSERT' then 'select kind, state, version is not null as live, -1 as amount from deleted' end));
  return null;
end
$$;
revoke all on function public.registry_count_heads() from public, anon, authenticated, service_role;
create trigger count_inserts after insert on public.registry_heads
  referencing new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_updates after update on public.registry_heads
  referencing old table as deleted new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_deletes after delete on public.registry_heads
  referencing old table as deleted
  for each statement execute function public.registry_count_heads();
create trigger count_inserts after insert on public.agent_registry
  referencing new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_updates after update on public.agent_registry
  referencing old table as deleted new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_deletes after delete on public.agent_registry
  referencing old table as deleted
  for each statement execute function public.registry_count_heads();
create trigger count_inserts after insert on public.template_registry
  referencing new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_updates after update on public.template_registry
  referencing old table as deleted new table as inserted
  for each statement execute function public.registry_count_heads();
create trigger count_deletes after delete on public.template_registry
  referencing old table as deleted
  for each statement execute function public.registry_count_heads();
