-- A publish, part 1: definitions are staged until a commit.

-- Staged definitions, under an idempotency key of a principal: invisible until a commit copies them. Unlogged, because
-- after a crash the publisher can publish again. One row for each definition, so that a commit copies compressed values
-- without parsing them again.
create unlogged table public.registry_staged (
  principal text not null default 'owner',
  key text not null,
  kind text not null,
  id text not null,
  part integer not null,
  singular text not null,
  digest text not null,
  prompt_hash text not null,
  state text not null check (state in ('draft', 'active', 'deprecated', 'disabled')),
  declared_version text,
  manifest jsonb not null,
  texts jsonb not null,
  files jsonb not null,
  git_tree text,
  refs jsonb not null,
  metadata jsonb not null,
  bundle_path text not null,
  bundle_size bigint not null,
  bundle_sha256 text not null,
  -- the stored object whose bytes were hashed at staging, '' when the object was missing; null when the caller is
  -- trusted with the hash
  bundle_object text,
  expected_version integer not null,
  created_at timestamptz not null default now(),
  primary key (principal, key, kind, id)
);
alter table public.registry_staged enable row level security;
revoke all on public.registry_staged from public, anon, authenticated, service_role;
grant select on public.registry_staged to service_role;

-- Stages one part of a publish; staging it again changes nothing. Parts may be staged concurrently, but not during the
-- commit of their key: a commit must append exactly the content that it checked.
create function public.registry_stage(
  p_key text, p_kind text, p_singular text, p_part integer, p_items jsonb, p_principal text default 'owner')
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_principal || ' ' || p_key, 0));
  insert into public.registry_staged (
    principal, key, kind, id, part, singular, digest, prompt_hash, state, declared_version, manifest, texts, files, git_tree, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, bundle_object, expected_version)
  select
    p_principal, p_key, p_kind, i.id, p_part, p_singular, i.digest, i.prompt_hash, i.state, i.declared_version, i.manifest, i.texts,
    i.files, i.git_tree, coalesce(i.refs, '[]'), i.metadata, i.bundle_path, i.bundle_size, i.bundle_sha256,
    i.bundle_object, i.expected_version
  from jsonb_to_recordset(p_items) as i(
    id text, digest text, prompt_hash text, state text, declared_version text, manifest jsonb, texts jsonb,
    files jsonb, git_tree text, refs jsonb, metadata jsonb, bundle_path text, bundle_size bigint, bundle_sha256 text,
    bundle_object text, expected_version integer)
  on conflict (principal, key, kind, id) do update set
    (part, singular, digest, prompt_hash, state, declared_version, manifest, texts, files, git_tree, refs, metadata,
     bundle_path, bundle_size, bundle_sha256, bundle_object, expected_version, created_at)
    = (excluded.part, excluded.singular, excluded.digest, excluded.prompt_hash, excluded.state,
       excluded.declared_version, excluded.manifest, excluded.texts, excluded.files, excluded.git_tree, excluded.refs, excluded.metadata,
       excluded.bundle_path, excluded.bundle_size, excluded.bundle_sha256, excluded.bundle_object,
       excluded.expected_version, excluded.created_at);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;
revoke all on function public.registry_stage(text, text, text, integer, jsonb, text)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_stage(text, text, text, integer, jsonb, text) to service_role;

-- Deletes staged definitions that were never committed, answers without changes, and reports that the retention policy
-- does not keep: at most 1,000 reports, so that no call takes long.
create function public.registry_sweep(p_older interval)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
  v_days integer := coalesce((select report_days from public.registry_policies where kind = '*'), 90);
begin
  delete from public.registry_staged where created_at < now() - p_older;
  get diagnostics v_count = row_count;
  delete from public.registry_answers where created_at < now() - p_older;
  delete from public.registry_validation_reports where id in (
    select id from public.registry_validation_reports
    where created_at < now() - make_interval(days => v_days)
    order by created_at limit 1000);
  return v_count;
end
$$;
revoke all on function public.registry_sweep(interval) from public, anon, authenticated, service_role;
grant execute on function public.registry_sweep(interval) to service_role;
