-- Lists and documents for readers.

-- One page of the definitions that the caller may see, and the number of the last event. Stable, so that all statements
-- see one snapshot. If the event `since` is no longer kept, all definitions are returned.
create function public.registry_list(p_kind text, p_query jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
-- plans for the filters of this call; a generic plan is slow
set plan_cache_mode = force_custom_plan
as $$
declare
  v_states text[];
  v_after text := p_query ->> 'after';
  v_tag text := p_query ->> 'tag';
  v_skill text := p_query ->> 'skill';
  v_category text := p_query ->> 'category';
  v_search text := lower(p_query ->> 'search');
  v_limit integer;
  v_since bigint;
  v_seq bigint;
  v_floor bigint;
  v_moved text[];
  v_problem text := case
    when p_query ->> 'limit' !~ '^[1-9][0-9]{0,8}$' then 'the limit must be a whole number and at least 1'
    when p_query ->> 'since' !~ '^[0-9]{1,18}$' then '`since` is not an event number'
    when jsonb_typeof(p_query -> 'status') not in ('array', 'null') then 'status is not a list'
    when exists (
      select from jsonb_array_elements(nullif(p_query -> 'status', 'null')) as s(value)
      where s.value #>> '{}' in ('active', 'deprecated', 'disabled', 'draft', 'removed') is not true
    ) then 'status must be active, deprecated, disabled, draft or removed'
  end;
begin
  if v_problem is not null then
    -- not by registry_refuse, which readers may not execute
    raise exception using errcode = 'PT422', message = v_problem, hint = 'fix the query',
      detail = '{"code": "REFUSED"}';
  end if;
  select seq, floor into strict v_seq, v_floor from public.registry_counter;
  v_limit := least(coalesce((p_query ->> 'limit')::integer, 25), 100);
  v_since := (p_query ->> 'since')::bigint;
  v_states := array(select jsonb_array_elements_text(nullif(p_query -> 'status', 'null')));
  if v_states = '{}' then
    v_states := array['active', 'deprecated', 'disabled', 'draft'];
  end if;
  -- Few definitions changed in the last 1,000 events. For an older event each definition is checked instead, because
  -- their number does not grow with the history.
  if v_since > v_seq - 1000 and v_since >= v_floor then
    v_moved := array(select distinct e.id from public.registry_events e where e.kind = p_kind and e.seq > v_since);
  end if;
  return (
    select jsonb_build_object(
      'seq', v_seq,
      'items', coalesce(jsonb_agg(jsonb_build_object(
          'kind', kind, 'id', id, 'state', state, 'version', version, 'digest', digest, 'metadata', metadata,
          'promptHash', prompt_hash,
          'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        order by place) filter (where place <= v_limit), '[]'),
      'next', case when count(*) > v_limit then max(id) filter (where place = v_limit) end)
    from (
      select found.*, row_number() over (order by id collate "C") as place
      from (
        select h.kind, h.id, h.state, h.version, h.digest, h.metadata, h.prompt_hash, h.updated_at
        from public.registry_heads h
        where h.kind = p_kind
          and (v_after is null or h.id collate "C" > v_after)
          and h.state = any (v_states)
          and (v_tag is null or h.metadata -> 'tags' ? v_tag)
          and (v_skill is null or h.metadata -> 'provides' ? v_skill)
          and (v_category is null or h.metadata #>> '{facts,category}' = v_category)
          and (v_search is null
            or strpos(lower(h.id), v_search) > 0
            or strpos(lower(h.metadata ->> 'name'), v_search) > 0
            or strpos(lower(h.metadata ->> 'summary'), v_search) > 0
            or exists (
              select from jsonb_array_elements_text(h.metadata -> 'tags') as t(tag)
              where strpos(lower(t.tag), v_search) > 0))
          and (v_moved is null or h.id = any (v_moved))
          and (v_since is null or v_moved is not null or v_since < coalesce((
            select e.seq from public.registry_events e where e.kind = h.kind and e.id = h.id
            order by e.seq desc limit 1), v_floor))
        order by h.id collate "C"
        limit v_limit + 1
      ) as found
    ) as page);
end
$$;
revoke all on function public.registry_list(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_list(text, jsonb) to anon, authenticated, service_role;

-- The live versions at a time: for each definition the newest version until then that is not a draft, with tombstones
-- and disabled versions, and with actor, reason and end. Times are compared in milliseconds, as they are shown.
create function public.registry_live_at(p_kind text, p_at timestamptz, p_id text default null)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read what was live at a time',
      'sign in as a publisher, or use the secret key');
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', r.kind, 'id', r.id, 'version', r.version, 'digest', r.digest, 'promptHash', r.prompt_hash,
        'state', r.state, 'declaredVersion', r.declared_version, 'origin', r.origin, 'actor', r.actor,
        'reason', r.reason, 'releaseId', r.release_id, 'createdAt', r.created_at, 'sha', r.commit_sha,
        'rank', r.commit_rank, 'ref', r.commit_ref, 'dirty', r.dirty, 'withdrawnAt', r.withdrawn_at,
        'withdrawnBy', r.withdrawn_by, 'withdrawnReason', r.withdrawn_reason,
        'until', (
          select n.created_at from public.registry_revisions n
          where n.kind = r.kind and n.id = r.id and n.version > r.version and n.state <> 'draft'
          order by n.version limit 1))
      order by r.id collate "C"), '[]')
    from public.registry_heads h
    cross join lateral (
      select v.* from public.registry_revisions v
      where v.kind = h.kind and v.id = h.id and v.state <> 'draft'
        and date_trunc('milliseconds', v.created_at) <= p_at
      order by v.version desc limit 1
    ) as r
    where h.kind = p_kind and (p_id is null or h.id = p_id));
end
$$;
revoke all on function public.registry_live_at(text, timestamptz, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_live_at(text, timestamptz, text) to authenticated, service_role;

-- All heads of a kind as one document: pages of 1,000 rows would take ten round trips and could be of different times.
create function public.registry_heads_json(p_kind text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read all heads',
      'sign in as a publisher, or use the secret key');
  end if;
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', kind, 'id', id, 'state', state, 'version', version, 'draftVersion', draft_version,
        'latestVersion', latest_version, 'digest', latest_digest,
        'liveDigest', case when version is not null then digest end,
        'commitSha', commit_sha, 'commitRank', commit_rank,
        'hold', hold, 'disabled', disabled, 'metadata', metadata, 'references', refs,
        'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by id collate "C"), '[]')
    from public.registry_heads where kind = p_kind);
end
$$;
revoke all on function public.registry_heads_json(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_heads_json(text) to authenticated, service_role;
