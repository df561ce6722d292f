-- Appends copies of earlier revisions, as rollbacks, undeletes, promotions and tombstones do. The rank never falls, so
-- that an older job that arrives late stays stale. A promoted draft keeps its manifest; lists show it as active.
-- The tombstone of a withdrawn draft is withdrawn as well; everything else refuses to copy what was withdrawn.
create or replace function public.registry_append_copies(p_call jsonb, p_origin text, p_outcomes jsonb)
returns void
language sql
set search_path = ''
as $$
  insert into public.registry_revisions (
    kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, commit_ref, dirty,
    origin, actor, reason, release_id, created_at, withdrawn_at, withdrawn_by, withdrawn_reason)
  select
    r.kind, r.id, o.version, r.digest, r.prompt_hash, coalesce(o.state, r.state), r.declared_version, r.manifest,
    r.texts, r.files, r.refs,
    r.metadata || case when p_origin = 'promote' then jsonb_build_object('status', o.state) else '{}' end,
    r.bundle_path, r.bundle_size, r.bundle_sha256,
    coalesce(p_call -> 'commit' ->> 'sha', r.commit_sha),
    greatest(h.commit_rank, (p_call -> 'commit' ->> 'rank')::integer),
    coalesce(p_call -> 'commit' ->> 'ref', r.commit_ref),
    coalesce((p_call -> 'commit' ->> 'dirty')::boolean, r.dirty),
    p_origin, p_call ->> 'actor', p_call ->> 'reason', p_call ->> 'release', (p_call ->> 'at')::timestamptz,
    r.withdrawn_at, r.withdrawn_by, r.withdrawn_reason
  from jsonb_to_recordset(p_outcomes) as o(kind text, id text, version integer, source integer, state text)
  join public.registry_revisions r on r.kind = o.kind and r.id = o.id and r.version = o.source
  join public.registry_heads h on h.kind = o.kind and h.id = o.id
$$;
