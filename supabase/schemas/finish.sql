-- The end of every effect that moves definitions: checks, heads, events, release, report.

-- Finishes an effect: checks the appended revisions, moves heads, writes events, release and report. Without an
-- appended revision it stores the answer alone, for a retry.
create function public.registry_finish(p_call jsonb, p_origin text, p_outcomes jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_release text := p_call ->> 'release';
  v_force boolean := coalesce((p_call ->> 'force')::boolean, false);
  v_response jsonb;
  v_commit jsonb := coalesce(p_call -> 'commit', p_call -> 'about');
  v_seq bigint;
begin
  select jsonb_build_object('releaseId', null, 'replayed', false, 'dryRun', p_call -> 'dryRun', 'seq', p_call -> 'seq',
      'outcomes', coalesce(jsonb_agg(o - 'source' - 'state' - 'after' - 'undone'), '[]'))
    into v_response from jsonb_array_elements(p_outcomes) as o;
  if not exists (select from public.registry_revisions where release_id = v_release) then
    insert into public.registry_answers as a (principal, idempotency_key, request_hash, response)
      select p_call ->> 'principal', p_call ->> 'key', p_call ->> 'hash', v_response
      where not (p_call ->> 'dryRun')::boolean
      on conflict (principal, idempotency_key) do update set
        (request_hash, response, created_at) = (excluded.request_hash, excluded.response, excluded.created_at);
    return v_response || jsonb_build_object('replayed',
      coalesce(p_call -> 'answered' -> 'outcomes' = v_response -> 'outcomes', false));
  end if;
  perform public.registry_check_bundles(v_release);
  v_seq := public.registry_write_events(v_release);
  perform public.registry_move_holds(p_call, p_outcomes);
  perform public.registry_move_heads(v_release);
  perform public.registry_insert_heads(v_release);
  perform public.registry_move_templates(v_release);
  perform public.registry_move_switches(p_call);
  if p_origin in ('publish', 'remove') or not v_force then
    perform public.registry_check_references(v_release);
  end if;
  if not v_force then
    perform public.registry_check_dependents(v_release);
  end if;
  v_response := v_response || jsonb_build_object('releaseId', v_release, 'seq', v_seq);
  insert into public.registry_releases (
    id, principal, idempotency_key, request_hash, origin, commit_sha, commit_rank, commit_ref, dirty, actor, reason, undoes, seq,
    response, created_at)
  values (
    v_release, p_call ->> 'principal', p_call ->> 'key', p_call ->> 'hash', p_origin, v_commit ->> 'sha', (v_commit ->> 'rank')::integer,
    v_commit ->> 'ref', coalesce((v_commit ->> 'dirty')::boolean, false), p_call ->> 'actor', p_call ->> 'reason',
    p_call ->> 'undoes', v_seq, v_response, (p_call ->> 'at')::timestamptz);
  insert into public.registry_release_kinds (kind, seq)
    select distinct kind, v_seq from public.registry_revisions where release_id = v_release;
  insert into public.registry_validation_reports (
    idempotency_key, verdict, release_id, summary, counts, actor, commit_sha, commit_ref, created_at)
  select p_call ->> 'key', 'accepted', v_release, jsonb_object_agg(outcome, n),
    jsonb_build_object('definitions', sum(n), 'errors', 0), p_call ->> 'actor', v_commit ->> 'sha', v_commit ->> 'ref',
    (p_call ->> 'at')::timestamptz
  from (
    select o.outcome, count(*) as n from jsonb_to_recordset(p_outcomes) as o(outcome text) group by o.outcome
  ) as counted;
  return v_response;
end
$$;
revoke all on function public.registry_finish(jsonb, text, jsonb) from public, anon, authenticated, service_role;

-- Inserts the head of every definition that is new in a release, into the table of its kind. A kind with a table of its
-- own is named here, and in the check of registry_heads.
create function public.registry_insert_heads(p_release text)
returns void
language sql
set search_path = ''
as $$
  with fresh as materialized (
    select
      kind, id, state, version, digest, metadata, refs, prompt_hash, git_tree, commit_sha, commit_rank, created_at,
      case when state <> 'draft' then version end as live_version, case when state = 'draft' then version end as draft,
      case when kind = 'templates' then manifest -> 'rollbackAdvice' end as rollback_advice
    from public.registry_revisions
    where release_id = p_release and version = 1
  ), agents as (
    insert into public.agent_registry (
      kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
      latest_digest, git_tree, commit_sha, commit_rank, updated_at)
    select
      kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
      digest, git_tree, commit_sha, commit_rank, created_at
    from fresh where kind = 'agents'
  ), templates as (
    insert into public.template_registry (
      kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
      latest_digest, git_tree, commit_sha, commit_rank, updated_at, rollback_advice)
    select
      kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
      digest, git_tree, commit_sha, commit_rank, created_at, rollback_advice
    from fresh where kind = 'templates'
  )
  insert into public.registry_heads (
    kind, id, state, version, draft_version, latest_version, digest, metadata, refs, prompt_hash,
    latest_digest, git_tree, commit_sha, commit_rank, updated_at)
  select
    kind, id, state, live_version, draft, version, digest, metadata, refs, prompt_hash,
    digest, git_tree, commit_sha, commit_rank, created_at
  from fresh where kind not in ('agents', 'templates')
$$;
revoke all on function public.registry_insert_heads(text) from public, anon, authenticated, service_role;

-- Moves the heads to the revisions that a release appended. A draft does not change the live columns and lasts until
-- the next revision. registry_move_holds updates the holds before the heads move.
create function public.registry_move_heads(p_release text)
returns void
language sql
set search_path = ''
as $$
  with moved as (
    select
      r.kind, r.id, r.version, r.state, r.digest, r.metadata, r.refs, r.prompt_hash, r.git_tree, r.commit_sha, r.commit_rank,
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
    git_tree = m.git_tree,
    commit_sha = m.commit_sha,
    commit_rank = m.commit_rank,
    updated_at = case when m.keeps_face then h.updated_at else m.created_at end
  from moved m
  where h.kind = m.kind and h.id = m.id
$$;
revoke all on function public.registry_move_heads(text) from public, anon, authenticated, service_role;

-- Updates the rollback columns of the templates that a release changed; runs after their heads have moved.
create function public.registry_move_templates(p_release text)
returns void
language sql
set search_path = ''
as $$
  with moved as (
    select t.id, shown.manifest -> 'rollbackAdvice' as advice, before.version as previous
    from public.registry_revisions r
    -- the limit makes the planner use the primary key
    cross join lateral (
      select h.id, coalesce(h.version, h.latest_version) as version from public.template_registry h
      where h.kind = r.kind and h.id = r.id limit 1
    ) as t
    join public.registry_revisions shown on shown.kind = r.kind and shown.id = r.id and shown.version = t.version
    left join lateral (
      select p.version from public.registry_revisions p
      where p.kind = r.kind and p.id = r.id and p.version < t.version and p.state not in ('draft', 'removed')
      order by p.version desc limit 1
    ) before on true
    where r.release_id = p_release and r.kind = 'templates' and r.version > 1
  )
  update public.template_registry t
  set previous_version = m.previous, rollback_advice = m.advice
  from moved m
  where t.kind = 'templates' and t.id = m.id
    and (t.previous_version is distinct from m.previous or t.rollback_advice is distinct from m.advice)
$$;
revoke all on function public.registry_move_templates(text) from public, anon, authenticated, service_role;
