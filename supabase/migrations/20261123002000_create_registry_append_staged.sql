-- Turns what was staged and decided into revisions. Content seen before keeps the bundle it had: the digest does not
-- depend on how an archive is encoded, so a second archive of it may differ from the one in storage.
create function public.registry_append_staged(p_call jsonb, p_outcomes jsonb)
returns void
language sql
set search_path = ''
as $$
  insert into public.registry_kinds (kind, singular)
  select distinct kind, singular from public.registry_staged
  where principal = p_call ->> 'principal' and key = p_call ->> 'key'
  on conflict do nothing;

  insert into public.registry_revisions (
    kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, commit_ref, dirty,
    origin, actor, reason, release_id, created_at)
  select
    s.kind, s.id, o.version, s.digest, s.prompt_hash, s.state, s.declared_version, s.manifest, s.texts, s.files,
    s.refs, s.metadata, coalesce(b.bundle_path, s.bundle_path), coalesce(b.bundle_size, s.bundle_size),
    coalesce(b.bundle_sha256, s.bundle_sha256), p_call -> 'commit' ->> 'sha',
    (p_call -> 'commit' ->> 'rank')::integer, p_call -> 'commit' ->> 'ref',
    coalesce((p_call -> 'commit' ->> 'dirty')::boolean, false),
    'publish', p_call ->> 'actor', p_call ->> 'reason', p_call ->> 'release', (p_call ->> 'at')::timestamptz
  from jsonb_to_recordset(p_outcomes) as o(kind text, id text, outcome text, version integer)
  join public.registry_staged s
    on s.principal = p_call ->> 'principal' and s.key = p_call ->> 'key' and s.kind = o.kind and s.id = o.id
  left join lateral (
    select r.bundle_path, r.bundle_size, r.bundle_sha256 from public.registry_revisions r
    where o.version > 1 and r.kind = o.kind and r.id = o.id and r.digest = s.digest limit 1
  ) b on true
  where o.outcome in ('added', 'updated')
$$;

revoke all on function public.registry_append_staged(jsonb, jsonb) from public, anon, authenticated, service_role;
