-- One row a definition: what is live, what is newest, and what may not come back by itself.
-- Kinds with a table of their own inherit from this one; all others live in it (docs/decisions/002-head-tables.md).
create table public.registry_heads (
  kind text not null,
  id text not null,
  state text not null check (state in ('draft', 'active', 'deprecated', 'disabled', 'removed')),
  version integer,
  draft_version integer,
  latest_version integer not null,
  -- content of the live revision; of the newest one when nothing is live
  digest text not null,
  metadata jsonb not null,
  refs jsonb not null,
  prompt_hash text not null,
  -- digest, commit and rank of the newest revision
  latest_digest text not null,
  commit_sha text not null,
  commit_rank integer not null,
  -- content that does not go live by a publish, [{digest, version, reason, by, since, withdrawn}]: a rollback took it
  -- back, or it was withdrawn
  hold jsonb not null default '[]' check (jsonb_typeof(hold) = 'array'),
  -- when the live revision, or the only draft, last moved
  updated_at timestamptz not null,
  primary key (kind, id),
  constraint kinds_without_table check (kind <> 'agents') no inherit
);

create index registry_heads_refs on public.registry_heads using gin (refs jsonb_path_ops) with (fastupdate = off);

alter table public.registry_heads enable row level security;
revoke all on public.registry_heads from public, anon, authenticated, service_role;
grant select (kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at)
  on public.registry_heads to anon, authenticated;
grant select on public.registry_heads to service_role;
create policy live_is_public on public.registry_heads
  for select to anon using (state in ('active', 'deprecated') and version is not null);
-- one policy for each role: PostgreSQL evaluates all that fit, for each row
create policy signed_in_read on public.registry_heads
  for select to authenticated using ((select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));
