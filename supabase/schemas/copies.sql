-- Effects that append copies of earlier revisions: promote and rebase here, rollback and undelete in undo.sql, disable
-- and enable in switch.sql.

-- Makes the newest draft of a definition live: appends its content as a new revision, under the rules of a publish, in
-- the state of its manifest; a draft whose manifest has the status draft becomes active.
create function public.registry_promote(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
  v_about jsonb;
  v_state text;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_head(
    p_request ->> 'kind', p_request ->> 'id', coalesce(p_request ->> 'expectedVersion', p_request ->> 'seenVersion')::integer);
  if v_head.draft_version is null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s has no draft: its newest version, %s, is %s', v_head.kind, v_head.id, v_head.latest_version,
        v_head.state),
      format('change it and publish a draft: nofx registry publish --draft --only %s/%s', v_head.kind, v_head.id),
      jsonb_build_object('rule', 'NOFX_PROMOTE_NO_DRAFT', 'kind', v_head.kind, 'id', v_head.id, 'state', v_head.state));
  end if;
  select
      jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty),
      case metadata ->> 'status' when 'deprecated' then 'deprecated' when 'disabled' then 'disabled' else 'active' end
    into v_about, v_state from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = v_head.draft_version;
  if v_state = 'disabled' then
    perform public.registry_refuse(422, 'REFUSED',
      format('the draft of %s/%s, version %s, has the status "disabled"', v_head.kind, v_head.id, v_head.draft_version),
      'change "status" in the manifest and publish the draft again',
      jsonb_build_object('rule', 'NOFX_PROMOTE_DISABLED', 'kind', v_head.kind, 'id', v_head.id));
  end if;
  return public.registry_take_back(v_call || jsonb_build_object('about', v_about), 'promote',
    jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'outcome', 'promoted',
      'version', v_head.latest_version + 1, 'digest', v_head.latest_digest, 'source', v_head.draft_version,
      'state', v_state)));
end
$$;
revoke all on function public.registry_promote(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_promote(jsonb) to service_role;

-- Restarts the order of commits at a commit: every definition with a higher rank gets a revision of the same content
-- with the rank of this commit. All definitions get one when the rank is further above theirs than a publish may go.
-- The history keeps the actor, the time, the reason and both ranks. The commit of the content does not change.
create function public.registry_rebase(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_target jsonb := p_request -> 'target';
  v_commit jsonb := p_request -> 'commit';
  v_rank integer;
  v_newest integer;
  v_head public.registry_heads;
  v_outcomes jsonb;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  if coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty',
      'say why: --reason "<1 to 2,000 characters>"');
  end if;
  perform public.registry_check_commit(v_commit);
  v_rank := (v_commit ->> 'rank')::integer;
  if v_target is not null then
    -- refuses a definition that does not exist
    v_head := public.registry_expect_head(v_target ->> 'kind', v_target ->> 'id', null);
  end if;
  v_newest := (select max(commit_rank) from public.registry_heads);
  select coalesce(jsonb_agg(jsonb_build_object(
      'kind', h.kind, 'id', h.id, 'outcome', 'rebased', 'version', h.latest_version + 1, 'digest', h.latest_digest,
      'source', h.latest_version, 'rank', jsonb_build_object('from', h.commit_rank, 'to', v_rank))
      order by h.kind collate "C", h.id collate "C"), '[]') into v_outcomes
    from public.registry_heads h
    where (v_target is null or (h.kind = v_head.kind and h.id = v_head.id))
      and (h.commit_rank > v_rank or v_rank - v_newest > 100000);
  -- readers see no change, so references of other definitions are not checked (force)
  return public.registry_take_back(
    v_call - 'commit' || jsonb_build_object('about', v_commit, 'force', true), 'rebase', v_outcomes);
end
$$;
revoke all on function public.registry_rebase(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rebase(jsonb) to service_role;

-- The head of the definition that a request names; refused when it does not exist or is not at the version that the
-- caller saw.
create function public.registry_expect_head(p_kind text, p_id text, p_expected integer)
returns public.registry_heads
language plpgsql
stable
set search_path = ''
as $$
declare
  v_head public.registry_heads;
begin
  select * into v_head from public.registry_heads where kind = p_kind and id = p_id;
  if v_head.kind is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('%s/%s does not exist', p_kind, p_id),
      'see: nofx registry list', jsonb_build_object('kind', p_kind, 'id', p_id));
  end if;
  if v_head.latest_version <> p_expected then
    perform public.registry_refuse(412, 'CONFLICT',
      format('%s/%s is at version %s (commit %s), not %s', p_kind, p_id, v_head.latest_version, v_head.commit_sha,
        p_expected),
      format('check what changed, then try again: nofx registry history %s/%s', p_kind, p_id),
      jsonb_build_object('definitions', jsonb_build_array(jsonb_build_object('kind', p_kind, 'id', p_id,
        'expectedVersion', p_expected, 'version', v_head.latest_version, 'commit', v_head.commit_sha))));
  end if;
  return v_head;
end
$$;
revoke all on function public.registry_expect_head(text, text, integer)
  from public, anon, authenticated, service_role;

-- Appends the copies of a rollback, an undelete, a promotion, a rebase or a switch and finishes the effect. A dry run does the
-- same and rolls the transaction back to its start, so that its result is the one of the real run.
create function public.registry_take_back(p_call jsonb, p_origin text, p_outcomes jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_result jsonb;
begin
  perform public.registry_refuse_withdrawn(p_outcomes);
  perform public.registry_append_copies(p_call, p_origin, p_outcomes);
  perform public.registry_check_published(p_call ->> 'release');
  v_result := public.registry_finish(p_call, p_origin, p_outcomes);
  if (p_call ->> 'dryRun')::boolean then
    raise sqlstate 'NXDRY';
  end if;
  return v_result;
exception when sqlstate 'NXDRY' then
  return v_result || jsonb_build_object('releaseId', null, 'seq', p_call -> 'seq');
end
$$;
revoke all on function public.registry_take_back(jsonb, text, jsonb) from public, anon, authenticated, service_role;

-- Appends copies of earlier revisions, for rollbacks, undeletes, promotions, tombstones, rebases and switches. The rank never
-- falls, so that a late publish of an older commit stays stale, with two exceptions. A rollback takes the rank of the
-- restored revision (0 when it restores nothing), so that a wrong rank goes away with its content. A rebase restarts
-- the order: revisions before the last rebase have ranks of another order, so a rollback to one of them keeps the rank
-- of the head. A promoted draft keeps its manifest; lists show it as active. The tombstone of a withdrawn draft is
-- withdrawn as well; every other copy of withdrawn content is refused.
create function public.registry_append_copies(p_call jsonb, p_origin text, p_outcomes jsonb)
returns void
language sql
set search_path = ''
as $$
  insert into public.registry_revisions (
    kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, git_tree, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, commit_ref, dirty,
    origin, actor, reason, release_id, created_at, withdrawn_at, withdrawn_by, withdrawn_reason)
  select
    r.kind, r.id, o.version, r.digest, r.prompt_hash,
    public.registry_state_under_switch(p_origin, coalesce(o.state, r.state), r.metadata ->> 'status', h.disabled),
    r.declared_version, r.manifest,
    r.texts, r.files, r.git_tree, r.refs,
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
  -- see registry_append_staged
  cross join lateral (
    select * from public.registry_revisions r where r.kind = o.kind and r.id = o.id and r.version = o.source limit 1
  ) r
  cross join lateral (
    select h.commit_rank, h.disabled from public.registry_heads h where h.kind = o.kind and h.id = o.id limit 1
  ) h
$$;
revoke all on function public.registry_append_copies(jsonb, text, jsonb)
  from public, anon, authenticated, service_role;
