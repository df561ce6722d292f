-- Heads of agents, readable as a table of their own and, through inheritance, together with all kinds.
create table public.agent_registry (
  agent_id text generated always as (id) stored,
  primary key (kind, id),
  unique (agent_id),
  check (kind = 'agents')
) inherits (public.registry_heads);

create index agent_registry_refs on public.agent_registry using gin (refs jsonb_path_ops) with (fastupdate = off);

alter table public.agent_registry enable row level security;
revoke all on public.agent_registry from public, anon, authenticated, service_role;
grant select (agent_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at)
  on public.agent_registry to anon, authenticated;
grant select on public.agent_registry to service_role;
create policy live_is_public on public.agent_registry
  for select to anon using (state in ('active', 'deprecated') and version is not null);
-- one policy for each role: PostgreSQL evaluates all that fit, for each row
create policy signed_in_read on public.agent_registry
  for select to authenticated using ((select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));
