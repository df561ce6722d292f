-- Takes in one part of a publish; sending it again changes nothing.
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
  insert into public.registry_staged (
    principal, key, kind, id, part, singular, digest, prompt_hash, state, declared_version, manifest, texts, files, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, bundle_object, expected_version)
  select
    p_principal, p_key, p_kind, i.id, p_part, p_singular, i.digest, i.prompt_hash, i.state, i.declared_version, i.manifest, i.texts,
    i.files, coalesce(i.refs, '[]'), i.metadata, i.bundle_path, i.bundle_size, i.bundle_sha256,
    i.bundle_object, i.expected_version
  from jsonb_to_recordset(p_items) as i(
    id text, digest text, prompt_hash text, state text, declared_version text, manifest jsonb, texts jsonb,
    files jsonb, refs jsonb, metadata jsonb, bundle_path text, bundle_size bigint, bundle_sha256 text,
    bundle_object text, expected_version integer)
  on conflict (principal, key, kind, id) do update set
    (part, singular, digest, prompt_hash, state, declared_version, manifest, texts, files, refs, metadata,
     bundle_path, bundle_size, bundle_sha256, bundle_object, expected_version, created_at)
    = (excluded.part, excluded.singular, excluded.digest, excluded.prompt_hash, excluded.state,
       excluded.declared_version, excluded.manifest, excluded.texts, excluded.files, excluded.refs, excluded.metadata,
       excluded.bundle_path, excluded.bundle_size, excluded.bundle_sha256, excluded.bundle_object,
       excluded.expected_version, excluded.created_at);
  get diagnostics v_count = row_count;
  return v_count;
end
$$;

revoke all on function public.registry_stage(text, text, text, integer, jsonb, text)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_stage(text, text, text, integer, jsonb, text) to service_role;
