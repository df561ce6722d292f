-- What every reader may select with `*`: the public columns of the tables of definitions and versions. On a table itself
-- `*` also names the columns for secret keys and is denied. The policies and column grants of the tables apply, since a
-- view reads with the rights of its reader (docs/decisions/076-views-for-readers.md).

-- The definitions of every kind.
create view public.registry_definitions with (security_invoker = true) as
  select kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold
  from public.registry_heads;
revoke all on public.registry_definitions from public, anon, authenticated, service_role;
grant select on public.registry_definitions to anon, authenticated, service_role;

create view public.registry_agents with (security_invoker = true) as
  select agent_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold
  from public.agent_registry;
revoke all on public.registry_agents from public, anon, authenticated, service_role;
grant select on public.registry_agents to anon, authenticated, service_role;

create view public.registry_templates with (security_invoker = true) as
  select template_id, kind, id, state, version, digest, metadata, refs, prompt_hash, updated_at, has_hold, previous_version,
    rollback_advice
  from public.template_registry;
revoke all on public.registry_templates from public, anon, authenticated, service_role;
grant select on public.registry_templates to anon, authenticated, service_role;

-- The versions of every definition, with their contents.
create view public.registry_versions with (security_invoker = true) as
  select kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, origin, release_id, created_at, withdrawn_at
  from public.registry_revisions;
revoke all on public.registry_versions from public, anon, authenticated, service_role;
grant select on public.registry_versions to anon, authenticated, service_role;
