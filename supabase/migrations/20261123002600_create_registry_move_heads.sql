-- Moves the heads to what a release appended. A draft leaves the live face alone and lasts until the next revision.
-- What is held moves in registry_move_holds, before the heads do.
create function public.registry_move_heads(p_release text)
returns void
language sql
set search_path = ''
as $$
  with moved as (
    select
      r.kind, r.id, r.version, r.state, r.digest, r.metadata, r.refs, r.prompt_hash, r.commit_sha, r.commit_rank,
      r.created_at,
      r.state = 'draft' and h.version is not null as keeps_face
    from public.registry_revisions r
    join public.registry_heads h on h.kind = r.kind and h.id = r.id
    where r.release_id = p_release and r.version > 1
  )
  update public.registry_heads h set
    state = case when m.keeps_face then h.state else m.state end,
    version = case m.state when 'draft' then h.version when 'removed' then null else m.version end,
    draft_version = case when m.state = 'draft' then m.version end,
    latest_version = m.version,
    digest = case when m.keeps_face then h.digest else m.digest end,
    metadata = case when m.keeps_face then h.metadata else m.metadata end,
    refs = case when m.keeps_face then h.refs else m.refs end,
    prompt_hash = case when m.keeps_face then h.prompt_hash else m.prompt_hash end,
    latest_digest = m.digest,
    commit_sha = m.commit_sha,
    commit_rank = m.commit_rank,
    updated_at = case when m.keeps_face then h.updated_at else m.created_at end
  from moved m
  where h.kind = m.kind and h.id = m.id
$$;

revoke all on function public.registry_move_heads(text) from public, anon, authenticated, service_role;
