-- Heads of templates, with what a rollback of one wants to know: where it goes back to, and what to mind.
create table public.template_registry (
  template_id text generated always as (id) stored,
  -- the version that was live before the present one, or last when none is live
  previous_version integer,
  -- the manifest's, of the revision whose metadata stands here
  rollback_advice jsonb,
  primary key (kind, id),
  unique (template_id),
  check (kind = 'templates')
) inherits (public.registry_heads);

create index template_registry_refs on public.template_registry
  using gin (refs jsonb_path_ops) with (fastupdate = off);

alter table public.template_registry enable row level security;
revoke all on public.template_registry from public, anon, authenticated, service_role;
grant select (template_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, previous_version,
    rollback_advice)
  on public.template_registry to anon, authenticated;
grant select on public.template_registry to service_role;
create policy live_is_public on public.template_registry
  for select to anon using (state in ('active', 'deprecated') and version is not null);
-- one policy for each role: PostgreSQL evaluates all that fit, for each row
create policy signed_in_read on public.template_registry
  for select to authenticated using ((select public.registry_is_publisher()) or (state in ('active', 'deprecated') and version is not null));
