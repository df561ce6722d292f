-- Lists of definitions, and their numbers, for readers.

-- One page of the definitions that the caller may see, and the number and mark of the last event; the first page has the
-- total, too. Stable, so that all statements see one snapshot. If the event `since` is no longer kept, all definitions are
-- returned. With `at`, the definitions as they were at that time; with `heads`, what only publishers may read of each.
-- With `waiting`, those with a draft; with `onlyHeld`, those whose newest published content is held, so that their files
-- cannot be published as they are.
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
  v_after_at timestamptz;
  v_newest boolean := coalesce(p_query ->> 'sort' = '-updatedAt', false);
  v_at timestamptz;
  v_tag text := p_query ->> 'tag';
  v_skill text := p_query ->> 'skill';
  v_category text := p_query ->> 'category';
  v_owner text := p_query ->> 'owner';
  v_search text := lower(p_query ->> 'search');
  v_limit integer;
  v_since bigint;
  v_seq bigint;
  v_floor bigint;
  v_moved text[];
  v_waiting text[];
  v_held text[];
  v_page jsonb;
  v_problem text := case
    when p_query ->> 'limit' !~ '^[1-9][0-9]{0,8}$' then 'the limit must be a whole number and at least 1'
    when p_query ->> 'since' !~ '^[0-9]{1,18}$' then '`since` is not an event number'
    when p_query ->> 'sort' not in ('id', '-updatedAt') then 'sort must be id or -updatedAt'
    when p_query ->> 'afterAt' !~ '^[0-9]{1,16}$' then '`afterAt` is not a number of microseconds'
    when p_query ->> 'at' !~ '^[0-9]{1,13}$' then '`at` is not a number of milliseconds'
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
  v_limit := least(coalesce((p_query ->> 'limit')::integer, 25), 500);
  v_since := (p_query ->> 'since')::bigint;
  v_after_at := timestamptz 'epoch' + (p_query ->> 'afterAt')::bigint * interval '1 microsecond';
  v_at := timestamptz 'epoch' + (p_query ->> 'at')::bigint * interval '1 millisecond';
  v_states := array(select jsonb_array_elements_text(nullif(p_query -> 'status', 'null')));
  if v_states = '{}' then
    v_states := array['active', 'deprecated', 'disabled', 'draft'];
  end if;
  -- Few definitions changed in the last 1,000 events. For an older event each definition is checked instead, because
  -- their number does not grow with the history.
  if v_since > v_seq - 1000 and v_since >= v_floor then
    v_moved := array(select distinct e.id from public.registry_events e where e.kind = p_kind and e.seq > v_since);
  end if;
  -- refused by the columns' rights for everybody but the service, as `heads` below
  if p_query ->> 'waiting' = 'true' then
    v_waiting := array(
      select h.id from public.registry_heads h where h.kind = p_kind and h.draft_version is not null);
  end if;
  if p_query ->> 'onlyHeld' = 'true' then
    v_held := array(
      select h.id from public.registry_heads h
      where h.kind = p_kind and h.hold <> '[]' and h.state <> 'removed'
        and h.hold @> jsonb_build_array(jsonb_build_object('digest', (
          select v.digest from public.registry_revisions v
          where v.kind = h.kind and v.id = h.id and v.origin in ('publish', 'promote', 'rebase')
          order by v.version desc limit 1))));
  end if;
  v_page := (
    -- planned twice: for a page in order, and for the number of all
    with matching as not materialized (
      select h.* from (
        select h.kind, h.id, h.state, h.version, h.digest, h.metadata, h.prompt_hash, h.updated_at
        from public.registry_heads h
        where v_at is null and h.kind = p_kind
        union all
        select h.kind, h.id, r.state, case when r.state <> 'removed' then r.version end, r.digest, r.metadata,
          r.prompt_hash, r.created_at
        from public.registry_heads h
        cross join lateral (
          select v.state, v.version, v.digest, v.metadata, v.prompt_hash, v.created_at
          from public.registry_revisions v
          where v.kind = h.kind and v.id = h.id and v.state <> 'draft'
            and date_trunc('milliseconds', v.created_at) <= v_at
          order by v.version desc limit 1
        ) as r
        where v_at is not null and h.kind = p_kind
      ) as h
      where h.state = any (v_states)
        and (v_tag is null or h.metadata -> 'tags' ? v_tag)
        and (v_skill is null or h.metadata -> 'provides' ? v_skill)
        and (v_category is null or h.metadata #>> '{facts,category}' = v_category)
        and (v_owner is null or h.metadata ->> 'owner' = v_owner)
        and (v_search is null
          or strpos(lower(h.id), v_search) > 0
          or strpos(lower(h.metadata ->> 'name'), v_search) > 0
          or strpos(lower(h.metadata ->> 'summary'), v_search) > 0
          or exists (
            select from jsonb_array_elements_text(h.metadata -> 'tags') as t(tag)
            where strpos(lower(t.tag), v_search) > 0))
        and (v_waiting is null or h.id = any (v_waiting))
        and (v_held is null or h.id = any (v_held))
        and (v_moved is null or h.id = any (v_moved))
        and (v_since is null or v_moved is not null or v_since < coalesce((
          select e.seq from public.registry_events e where e.kind = h.kind and e.id = h.id
          order by e.seq desc limit 1), v_floor))
    )
    select jsonb_build_object(
      'seq', v_seq,
      'mark', public.registry_mark_of(v_seq),
      'items', coalesce(jsonb_agg(jsonb_build_object(
          'kind', kind, 'id', id, 'state', state, 'version', version, 'digest', digest, 'metadata', metadata,
          'promptHash', prompt_hash,
          'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        order by place) filter (where place <= v_limit), '[]'),
      'next', case when count(*) > v_limit then max(id) filter (where place = v_limit) end,
      'nextAt', case when count(*) > v_limit and v_newest
        then max((extract(epoch from updated_at) * 1000000)::bigint) filter (where place = v_limit) end)
      || case when v_after is null then jsonb_build_object('total', (select count(*) from matching)) else '{}' end
    from (
      select found.*, row_number() over (
        order by case when v_newest then updated_at end desc, id collate "C") as place
      from (
        select m.* from matching m
        where case
          when v_after is null then true
          when v_newest then m.updated_at < v_after_at or (m.updated_at = v_after_at and m.id collate "C" > v_after)
          else m.id collate "C" > v_after
        end
        order by case when v_newest then m.updated_at end desc, m.id collate "C"
        limit v_limit + 1
      ) as found
    ) as page);
  if p_query ->> 'heads' = 'true' then
    -- at a time, no draft waits and nothing is held: only what was live then is known
    v_page := v_page || jsonb_build_object('items', (
      select coalesce(jsonb_agg(i.item || jsonb_build_object('head', jsonb_build_object(
          'latestVersion', case when v_at is null then h.latest_version else r.version end,
          'draftVersion', case when v_at is null then h.draft_version end,
          'held', case when v_at is null then (
            select coalesce(jsonb_agg(e.value -> 'digest' order by e.place), '[]')
            from jsonb_array_elements(h.hold) with ordinality as e(value, place)) else '[]'::jsonb end,
          'actor', r.actor, 'reason', r.reason, 'origin', r.origin, 'commitSha', r.commit_sha, 'dirty', r.dirty))
        order by i.place), '[]')
      from jsonb_array_elements(v_page -> 'items') with ordinality as i(item, place)
      cross join lateral (
        select h.latest_version, h.draft_version, h.hold from public.registry_heads h
        where h.kind = p_kind and h.id = i.item ->> 'id' limit 1
      ) as h
      cross join lateral (
        select v.version, v.actor, v.reason, v.origin, v.commit_sha, v.dirty from public.registry_revisions v
        where v.kind = p_kind and v.id = i.item ->> 'id' and case
          when v_at is not null then v.state <> 'draft' and date_trunc('milliseconds', v.created_at) <= v_at
          else v.version = coalesce((i.item ->> 'version')::integer, h.latest_version)
        end
        order by v.version desc limit 1
      ) as r));
  end if;
  return v_page;
end
$$;
revoke all on function public.registry_list(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_list(text, jsonb) to anon, authenticated, service_role;

-- How many definitions of each kind the caller may see, by state, and the number of the last event. With `p_waiting`,
-- also how many have a draft that waits, and of how many the newest published content is held, which only the service
-- may read.
create function public.registry_counts(p_waiting boolean default false)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_waiting jsonb := '{}'::jsonb;
begin
  if p_waiting then
    v_waiting := (
      select coalesce(jsonb_object_agg(d.kind, jsonb_build_object('waiting', d.waiting, 'held', d.held)), '{}')
      from (
        select h.kind,
          count(*) filter (where h.draft_version is not null) as waiting,
          count(*) filter (where h.hold <> '[]' and h.state <> 'removed'
            and h.hold @> jsonb_build_array(jsonb_build_object('digest', (
              select v.digest from public.registry_revisions v
              where v.kind = h.kind and v.id = h.id and v.origin in ('publish', 'promote', 'rebase')
              order by v.version desc limit 1)))) as held
        from public.registry_heads h
        where h.draft_version is not null or h.hold <> '[]'
        group by h.kind
      ) as d);
  end if;
  return (
    select jsonb_build_object(
      'seq', (select c.seq from public.registry_counter c),
      'kinds', coalesce(jsonb_object_agg(k.kind, k.states || coalesce(v_waiting -> k.kind, '{}')), '{}'))
    from (
      select s.kind, jsonb_object_agg(s.state, s.amount) as states
      from (
        select h.kind, h.state, count(*) as amount from public.registry_heads h group by h.kind, h.state
      ) as s
      group by s.kind
    ) as k);
end
$$;
revoke all on function public.registry_counts(boolean) from public, anon, authenticated, service_role;
grant execute on function public.registry_counts(boolean) to anon, authenticated, service_role;
