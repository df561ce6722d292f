-- Lists of definitions, and their numbers, for readers.

-- One page of the definitions that the caller may see, and the number and mark of the last event; the first page has the
-- total, too. Stable, so that all statements see one snapshot. If the event `since` is no longer kept, all definitions are
-- returned. With `at`, the definitions as they were at that time; with `heads`, what only publishers may read of each.
-- With `row`, the fields of a table alone, since the rest is most of a page. With `waiting`, those with a draft; with `onlyHeld`, those whose newest published content is held, so that their files
-- cannot be published as they are.
create function public.registry_list(p_kind text, p_query jsonb)
-- json, since building and copying jsonb takes most of the time of a page
returns json
language plpgsql
stable
set search_path = ''
-- plans for the lists of this call; a page is read in the order of an index, also before the tables were analyzed
set plan_cache_mode = force_custom_plan
set enable_sort = off
as $$
declare
  v_states text[];
  v_newest boolean := coalesce(p_query ->> 'sort' = '-updatedAt', false);
  v_order text := case when v_newest then 'updated_at desc, id collate "C"' else 'id collate "C"' end;
  v_after_at timestamptz;
  v_at timestamptz;
  v_limit integer;
  v_since bigint;
  v_seq bigint;
  v_floor bigint;
  -- the definitions that a filter other than those of the content leaves
  v_some text[];
  v_filters text;
  v_counted boolean := p_query ->> 'after' is null;
  v_items json;
  v_next text;
  v_next_at bigint;
  -- the id with which the next page begins: while it matches, this page is not the last one
  v_beyond text;
  v_total bigint;
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
    v_some := array(select distinct e.id from public.registry_events e where e.kind = p_kind and e.seq > v_since);
    v_since := null;
  end if;
  -- refused by the columns' rights for everybody but the service, as `heads` below
  if p_query ->> 'waiting' = 'true' then
    v_some := array(
      select h.id from public.registry_heads h
      where h.kind = p_kind and h.draft_version is not null and (v_some is null or h.id = any (v_some)));
  end if;
  if p_query ->> 'onlyHeld' = 'true' then
    v_some := array(
      select h.id from public.registry_heads h
      where h.kind = p_kind and h.has_hold and h.state <> 'removed' and (v_some is null or h.id = any (v_some))
        and h.hold @> jsonb_build_array(jsonb_build_object('digest', (
          select v.digest from public.registry_revisions v
          where v.kind = h.kind and v.id = h.id and v.origin in ('publish', 'promote', 'rebase')
          order by v.version desc limit 1))));
  end if;
  v_filters := concat(
    case when v_some is not null then ' and h.id = any ($4)' end,
    case when p_query ->> 'tag' is not null then $q$ and h.metadata -> 'tags' ? ($3 ->> 'tag')$q$ end,
    case when p_query ->> 'skill' is not null then $q$ and h.metadata -> 'provides' ? ($3 ->> 'skill')$q$ end,
    case when p_query ->> 'category' is not null then
      $q$ and h.metadata #>> '{facts,category}' = $3 ->> 'category'$q$ end,
    case when p_query ->> 'owner' is not null then $q$ and h.metadata ->> 'owner' = $3 ->> 'owner'$q$ end,
    case when p_query ->> 'search' is not null then $q$ and (strpos(lower(h.id), lower($3 ->> 'search')) > 0
      or strpos(lower(h.metadata ->> 'name'), lower($3 ->> 'search')) > 0
      or strpos(lower(h.metadata ->> 'summary'), lower($3 ->> 'search')) > 0
      or exists (
        select from jsonb_array_elements_text(h.metadata -> 'tags') as t(tag)
        where strpos(lower(t.tag), lower($3 ->> 'search')) > 0))$q$ end,
    case when v_since is not null then $q$ and ($3 ->> 'since')::bigint < coalesce((
      select e.seq from public.registry_events e where e.kind = h.kind and e.id = h.id
      order by e.seq desc limit 1), $5)$q$ end);
  -- A text, so that each query has a plan of its own: the page of a list without filters is read in the order of an index.
  -- The first page of any other list has the total, for which all that match are read, once.
  execute format($sql$
    with matching as %1$s materialized (
      select h.* from (%2$s) as h where h.state = any ($2)%3$s
    )
    select
      -- in the order of the page, whose rows are counted as they are read
      coalesce(json_agg(json_build_object(
          'kind', kind, 'id', id, 'state', state, 'version', version, 'digest', digest, 'metadata', %7$s,
          'promptHash', prompt_hash,
          'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')))
        filter (where place <= $8), '[]'),
      case when count(*) > $8 then max(id) filter (where place = $8) end,
      case when count(*) > $8 and $9
        then max((extract(epoch from updated_at) * 1000000)::bigint) filter (where place = $8) end,
      max(id) filter (where place > $8),
      %5$s
    from (
      select found.*, row_number() over () as place
      from (select m.* from matching m where %6$s order by %4$s limit $8 + 1) as found
    ) as page
    $sql$,
    case when v_counted and (v_filters <> '' or v_at is not null) then '' else 'not' end,
    case
      when v_at is null then
        'select h.kind, h.id, h.state, h.version, h.digest, h.metadata, h.prompt_hash, h.updated_at
        from public.registry_heads h where h.kind = $1'
      else
        $q$select h.kind, h.id, r.state, case when r.state <> 'removed' then r.version end as version, r.digest,
          r.metadata, r.prompt_hash, r.created_at as updated_at
        from public.registry_heads h
        cross join lateral (
          select v.state, v.version, v.digest, v.metadata, v.prompt_hash, v.created_at
          from public.registry_revisions v
          where v.kind = h.kind and v.id = h.id and v.state <> 'draft'
            and v.created_at < $6 + interval '1 millisecond'
          -- the order of versions, in which an index has the times
          order by v.created_at desc, v.version desc limit 1
        ) as r
        where h.kind = $1$q$
    end,
    v_filters,
    v_order,
    case when v_counted and (v_filters <> '' or v_at is not null)
      then '(select count(*) from matching)' else 'null' end,
    case
      when v_counted then 'true'
      when v_newest then $q$m.updated_at <= $7 and (m.updated_at < $7 or m.id collate "C" > $3 ->> 'after')$q$
      else $q$m.id collate "C" > $3 ->> 'after'$q$
    end,
    case
      when p_query ->> 'row' = 'true' then
        $q$json_strip_nulls(json_build_object(
          'name', metadata -> 'name', 'owner', metadata -> 'owner', 'tags', metadata -> 'tags'))$q$
      else 'metadata'
    end)
    into v_items, v_next, v_next_at, v_beyond, v_total using p_kind, v_states, p_query, v_some, v_floor, v_at, v_after_at, v_limit, v_newest;
  if v_counted and v_total is null then
    v_total := (
      select coalesce(sum(c.amount), 0) from public.registry_head_counts c
      where c.kind = p_kind and c.state = any (v_states));
  end if;
  if p_query ->> 'heads' = 'true' then
    -- at a time, no draft waits and nothing is held: only what was live then is known
    v_items := (
      select coalesce(json_agg(i.item::jsonb || jsonb_build_object('head', jsonb_build_object(
          'latestVersion', case when v_at is null then h.latest_version else r.version end,
          'draftVersion', case when v_at is null then h.draft_version end,
          'held', case when v_at is null then (
            select coalesce(jsonb_agg(e.value -> 'digest' order by e.place), '[]')
            from jsonb_array_elements(h.hold) with ordinality as e(value, place)) else '[]'::jsonb end,
          'actor', r.actor, 'reason', r.reason, 'origin', r.origin, 'commitSha', r.commit_sha, 'dirty', r.dirty))
        order by i.place), '[]')
      from json_array_elements(v_items) with ordinality as i(item, place)
      cross join lateral (
        select h.latest_version, h.draft_version, h.hold from public.registry_heads h
        where h.kind = p_kind and h.id = i.item ->> 'id' limit 1
      ) as h
      cross join lateral (
        select v.version, v.actor, v.reason, v.origin, v.commit_sha, v.dirty from public.registry_revisions v
        where v_at is null and v.kind = p_kind and v.id = i.item ->> 'id'
          and v.version = coalesce((i.item ->> 'version')::integer, h.latest_version)
        union all (
          select v.version, v.actor, v.reason, v.origin, v.commit_sha, v.dirty from public.registry_revisions v
          where v_at is not null and v.kind = p_kind and v.id = i.item ->> 'id' and v.state <> 'draft'
            and v.created_at < v_at + interval '1 millisecond'
          order by v.created_at desc, v.version desc limit 1)
      ) as r);
  end if;
  return (
    select json_object_agg(e.name, e.value) from (values
      ('items', v_items), ('next', to_json(v_next)), ('nextAt', to_json(v_next_at)), ('beyond', to_json(v_beyond)), ('total', to_json(v_total)),
      ('seq', to_json(v_seq)), ('mark', to_json(public.registry_mark_of(v_seq)))
    ) as e(name, value)
    where e.name <> 'total' or v_counted);
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
          count(*) filter (where h.has_hold and h.state <> 'removed'
            and h.hold @> jsonb_build_array(jsonb_build_object('digest', (
              select v.digest from public.registry_revisions v
              where v.kind = h.kind and v.id = h.id and v.origin in ('publish', 'promote', 'rebase')
              order by v.version desc limit 1)))) as held
        from public.registry_heads h
        where h.draft_version is not null or h.has_hold
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
        select c.kind, c.state, sum(c.amount)::bigint as amount
        from public.registry_head_counts c
        group by c.kind, c.state having sum(c.amount) > 0
      ) as s
      group by s.kind
    ) as k);
end
$$;
revoke all on function public.registry_counts(boolean) from public, anon, authenticated, service_role;
grant execute on function public.registry_counts(boolean) to anon, authenticated, service_role;
