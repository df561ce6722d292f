-- Gives every definition that a release saw for the first time its head, in the table of its kind. A kind that gets a
-- table of its own replaces this function, and the parent's check.
create or replace function public.registry_insert_heads(p_release text)
returns void
language sql
set search_path = ''
as $$
  with fresh as materialized (
    select
      kind, id, state, version, digest, metadata, refs, prompt_hash, commit_sha, commit_rank, created_at,
      case when state <> 'draft' then version end as live_version, case when state = 'draft' then version end as draft,
      case when kind = 'templates' then manifest -> 'rollbackAdvice' end as rollback_advice
    from public.registry_revisions
    where release_id = p_release and version = 1
  ), agents as (
    insert into public.agent_registry (
      kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
      latest_digest, commit_sha, commit_rank, updated_at)
    select
      kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
      digest, commit_sha, commit_rank, created_at
    from fresh where kind = 'agents'
  ), templates as (
    insert into public.template_registry (
      kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
      latest_digest, commit_sha, commit_rank, updated_at, rollback_advice)
    select
      kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
      digest, commit_sha, commit_rank, created_at, rollback_advice
    from fresh where kind = 'templates'
  )
  insert into public.registry_heads (
    kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
    latest_digest, commit_sha, commit_rank, updated_at)
  select
    kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
    digest, commit_sha, commit_rank, created_at
  from fresh where kind not in ('agents', 'templates')
$$;
