-- Appends copies of earlier revisions, as rollbacks, undeletes, promotions, tombstones and rebases do. The rank never
-- falls, so that an older job that arrives late stays stale, but for two: a rollback takes the rank of what it restores
-- (0 when it restores nothing), so that a rank that was wrong goes with the content it came with; and a rebase starts the
-- order anew. What lies before the last rebase has a rank of another order, so a rollback to it keeps the head's. A
-- promoted draft keeps its manifest; lists show it as active.
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
    case
      when p_origin = 'rebase' then (p_call -> 'about' ->> 'rank')::integer
      when p_origin <> 'rollback' then greatest(h.commit_rank, (p_call -> 'commit' ->> 'rank')::integer)
      when o.state = 'removed' then 0
      when exists (
        select from public.registry_revisions n
        where n.kind = r.kind and n.id = r.id and n.version > r.version and n.origin = 'rebase') then h.commit_rank
      else r.commit_rank
    end,
    coalesce(p_call -> 'commit' ->> 'ref', r.commit_ref),
    coalesce((p_call -> 'commit' ->> 'dirty')::boolean, r.dirty),
    p_origin, p_call ->> 'actor', p_call ->> 'reason', p_call ->> 'release', (p_call ->> 'at')::timestamptz,
    r.withdrawn_at, r.withdrawn_by, r.withdrawn_reason
  from jsonb_to_recordset(p_outcomes) as o(kind text, id text, version integer, source integer, state text)
  join public.registry_revisions r on r.kind = o.kind and r.id = o.id and r.version = o.source
  join public.registry_heads h on h.kind = o.kind and h.id = o.id
$$;
