-- Rollback and undelete: they make earlier revisions live again.

-- Restores an earlier revision of one definition, or undoes a release.
create function public.registry_rollback(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, for one definition or 10,000: after a first publish the statistics are wrong
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_target jsonb := jsonb_build_object('expectedVersion', p_request -> 'target' -> 'seenVersion') || (p_request -> 'target');
  v_outcomes jsonb;
  v_about jsonb;
  v_undoes text;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  if coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty',
      'say why: --reason "<1 to 2,000 characters>"');
  end if;
  if v_target ? 'release' then
    v_undoes := public.registry_find_release(v_target ->> 'release');
    perform public.registry_refuse_switch(v_undoes);
    v_outcomes := public.registry_plan_release_undo(v_undoes, coalesce((p_request ->> 'force')::boolean, false));
    select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
      into v_about from public.registry_releases where id = v_undoes;
  else
    v_outcomes := public.registry_plan_rollback(v_target || jsonb_build_object('reason', p_request ->> 'reason'));
    select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
      into v_about from public.registry_revisions
      where kind = v_target ->> 'kind' and id = v_target ->> 'id' and version = (v_outcomes -> 0 ->> 'source')::integer;
  end if;
  return public.registry_take_back(
    v_call || jsonb_build_object('about', v_about, 'undoes', v_undoes), 'rollback', v_outcomes);
end
$$;
revoke all on function public.registry_rollback(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rollback(jsonb) to service_role;

-- Plans a rollback of one definition: a copy of an earlier live revision, the last good one if none is named.
create function public.registry_plan_rollback(p_target jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := format('%s/%s', p_target ->> 'kind', p_target ->> 'id');
  v_head public.registry_heads := public.registry_expect_head(
    p_target ->> 'kind', p_target ->> 'id', (p_target ->> 'expectedVersion')::integer);
  v_to integer := coalesce((p_target ->> 'toVersion')::integer, public.registry_version_to_restore(v_head, p_target ->> 'reason'));
  v_state text;
  v_digest text;
  v_withdrawn timestamptz;
  v_after text;
  v_problem text;
begin
  select state, digest, withdrawn_at,
      public.registry_state_under_switch('rollback', state, metadata ->> 'status', v_head.disabled)
    into v_state, v_digest, v_withdrawn, v_after
    from public.registry_revisions where kind = v_head.kind and id = v_head.id and version = v_to;
  if v_state is null then
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s has no version %s, its newest is %s', v_name, v_to, v_head.latest_version),
      format('see: nofx registry history %s/%s', v_head.kind, v_head.id), p_target - 'reason');
  end if;
  v_problem := case
    when v_state = 'removed' then 'is a tombstone'
    when v_withdrawn is not null then 'was withdrawn'
    when v_state = 'draft' then 'is a draft and was never live'
    when v_to = v_head.version then format('is already %s', case v_head.state when 'disabled' then 'the newest' else 'live' end)
    when v_head.version is not null and v_digest = v_head.digest and v_after = v_head.state
      then format('has the same content as version %s, which is %s', v_head.version,
        case v_head.state when 'disabled' then 'disabled' else 'live' end)
  end;
  if v_problem is not null then
    perform public.registry_refuse(422, 'REFUSED', format('version %s of %s %s', v_to, v_name, v_problem),
      format('choose another version: nofx registry history %s/%s', v_head.kind, v_head.id),
      (p_target - 'reason') || '{"rule": "NOFX_ROLLBACK_TARGET"}');
  end if;
  return jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'outcome', 'rolled-back',
    'version', v_head.latest_version + 1, 'digest', v_digest, 'source', v_to, 'after', v_to));
end
$$;
revoke all on function public.registry_plan_rollback(jsonb) from public, anon, authenticated, service_role;

-- The version that a rollback goes to when none is named: the last live version before the present one whose content is
-- another one, and is neither held nor withdrawn. Refused when the definition has no such version. The same rollback
-- once more, with the same reason, has the same target: two operators who react at once do not go further back.
create function public.registry_version_to_restore(p_head public.registry_heads, p_reason text)
returns integer
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := format('%s/%s', p_head.kind, p_head.id);
  v_to integer;
begin
  with present as (
    select version, state, digest from public.registry_revisions
    where kind = p_head.kind and id = p_head.id and state <> 'draft'
      and not (version = p_head.latest_version and origin = 'rollback' and reason = p_reason)
    order by version desc limit 1
  )
  select r.version into v_to
  from public.registry_revisions r, present p
  where r.kind = p_head.kind and r.id = p_head.id and r.version < p.version
    and r.state in ('active', 'deprecated') and r.withdrawn_at is null
    and (p.state = 'removed' or r.digest <> p.digest)
    and not exists (select from jsonb_array_elements(p_head.hold) as h where h ->> 'digest' = r.digest)
  order by r.version desc limit 1;
  if v_to is null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s has no earlier live version that is neither held nor withdrawn', v_name),
      format('disable it: nofx registry disable %s --reason "<why>"', v_name),
      jsonb_build_object('rule', 'NOFX_ROLLBACK_TARGET', 'kind', p_head.kind, 'id', p_head.id));
  end if;
  return v_to;
end
$$;
revoke all on function public.registry_version_to_restore(public.registry_heads, text)
  from public, anon, authenticated, service_role;

-- Finds a release by its id, by a unique prefix of the id, or by a commit, whose newest publish it is.
create function public.registry_find_release(p_ref text)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ids text[];
  v_shas text[];
begin
  if p_ref ~ '^[0-9A-Za-z-]+$' then
    select array_agg(id) into v_ids from public.registry_releases where id like p_ref || '%';
    select array_agg(distinct commit_sha) into v_shas
      from public.registry_releases
      where v_ids is null and commit_sha like p_ref || '%' and origin in ('publish', 'remove');
  end if;
  if cardinality(v_ids) > 1 or cardinality(v_shas) > 1 then
    perform public.registry_refuse(422, 'REFUSED', format('%s is the start of more than one id', p_ref),
      'give more characters', jsonb_build_object('matches', coalesce(v_ids, v_shas)));
  end if;
  if v_ids is null and v_shas is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('%s is not a release or a published commit', p_ref),
      'see: nofx registry releases', jsonb_build_object('release', p_ref));
  end if;
  return coalesce(v_ids[1], (
    select id from public.registry_releases
    where commit_sha = v_shas[1] and origin in ('publish', 'remove') order by seq desc limit 1));
end
$$;
revoke all on function public.registry_find_release(text) from public, anon, authenticated, service_role;

-- Refuses to undo a release that disabled or enabled a definition: an earlier content does not move the switch.
create function public.registry_refuse_switch(p_release text)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_found record;
begin
  select kind, id, origin into v_found
    from public.registry_revisions where release_id = p_release and origin in ('disable', 'enable');
  if v_found.kind is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('release %s %sd %s/%s, which a rollback does not undo', p_release, v_found.origin, v_found.kind, v_found.id),
      format('nofx registry %s %s/%s --reason "<why>"',
        case v_found.origin when 'disable' then 'enable' else 'disable' end, v_found.kind, v_found.id),
      jsonb_build_object('rule', 'NOFX_ROLLBACK_TARGET', 'releaseId', p_release));
  end if;
end
$$;
revoke all on function public.registry_refuse_switch(text) from public, anon, authenticated, service_role;

-- Plans the undo of a whole release; refused when the release has nothing left to undo.
create function public.registry_plan_release_undo(p_release text, p_force boolean)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_outcomes jsonb;
begin
  select public.registry_plan_undo(
      jsonb_agg(jsonb_build_object('kind', kind, 'id', id, 'version', version)), 'rolled-back', p_force)
    into v_outcomes
    from public.registry_revisions where release_id = p_release;
  perform public.registry_check_decided(v_outcomes, true);
  if not exists (select from jsonb_array_elements(v_outcomes) as o where o ->> 'outcome' <> 'unchanged') then
    perform public.registry_refuse(422, 'REFUSED', format('release %s has nothing left to undo', p_release),
      'choose another release: nofx registry releases', jsonb_build_object('releaseId', p_release));
  end if;
  return v_outcomes;
end
$$;
revoke all on function public.registry_plan_release_undo(text, boolean)
  from public, anon, authenticated, service_role;

-- Plans the undo of the given revisions: for each definition a copy of its state before the revision. Before a draft
-- that is an older draft or the live content. Before any other revision it is the live content, or a tombstone when
-- nothing was live.
create function public.registry_plan_undo(p_moved jsonb, p_outcome text, p_force boolean)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with undone as (
    select
      m.kind, m.id, m.version, m.digest, h.state as head_state, h.latest_version, h.latest_digest, h.draft_version,
      case m.state
        when 'draft' then coalesce(draft.version, live.version)
        when 'removed' then coalesce(live.version, draft.version)
        else live.version
      end as source,
      h.latest_version <> m.version and not p_force as moved_since
    from jsonb_to_recordset(p_moved) as o(kind text, id text, version integer)
    join public.registry_revisions m on m.kind = o.kind and m.id = o.id and m.version = o.version
    join public.registry_heads h on h.kind = o.kind and h.id = o.id
    left join lateral (
      select case when r.state <> 'removed' then r.version end as version from public.registry_revisions r
      where r.kind = m.kind and r.id = m.id and r.version < m.version and r.state <> 'draft'
      order by r.version desc limit 1
    ) live on true
    left join public.registry_revisions draft
      on draft.kind = m.kind and draft.id = m.id and draft.version = m.version - 1 and draft.state = 'draft'
  ), decided as (
    select u.*, s.digest as source_digest, case
      when u.moved_since then 'conflict'
      when u.source is null and u.head_state = 'removed' then 'unchanged'
      when s.digest = u.latest_digest
        and s.state = case when u.draft_version is null then u.head_state else 'draft' end then 'unchanged'
      when u.source is null then 'removed'
      else p_outcome
    end as outcome
    from undone u
    left join public.registry_revisions s on s.kind = u.kind and s.id = u.id and s.version = u.source
  )
  select coalesce(jsonb_agg(
    jsonb_build_object('kind', kind, 'id', id, 'outcome', outcome, 'digest', coalesce(source_digest, digest),
      'version', case when outcome in ('removed', p_outcome) then latest_version + 1 else latest_version end)
    || case outcome
      when 'conflict' then jsonb_build_object('expectedVersion', version)
      when 'removed' then jsonb_build_object('source', version, 'state', 'removed')
      when 'unchanged' then '{}'
      else jsonb_build_object('source', source)
    end
    -- registry_move_holds holds the content that was live after this version, and the undone revision, live or not
    || jsonb_build_object('after', coalesce(source, version - 1), 'undone', version)
    order by kind collate "C", id collate "C"), '[]')
  from decided
$$;
revoke all on function public.registry_plan_undo(jsonb, text, boolean) from public, anon, authenticated, service_role;

-- Restores a removed definition to its state before the tombstone.
create function public.registry_undelete(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, for one definition or 10,000: after a first publish the statistics are wrong
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
  v_outcomes jsonb;
  v_about jsonb;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_head(
    p_request ->> 'kind', p_request ->> 'id', coalesce(p_request ->> 'expectedVersion', p_request ->> 'seenVersion')::integer);
  if v_head.state <> 'removed' then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s is not removed, it is %s', v_head.kind, v_head.id, v_head.state),
      'see the removed definitions: nofx registry list --state removed',
      jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'state', v_head.state));
  end if;
  v_outcomes := public.registry_plan_undo(
    jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'version', v_head.latest_version)),
    'restored', false);
  select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
    into v_about from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = (v_outcomes -> 0 ->> 'source')::integer;
  return public.registry_take_back(v_call || jsonb_build_object('about', v_about), 'undelete', v_outcomes);
end
$$;
revoke all on function public.registry_undelete(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_undelete(jsonb) to service_role;
