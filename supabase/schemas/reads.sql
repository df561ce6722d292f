-- Documents for publishers.

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
        and v.created_at < date_trunc('milliseconds', p_at) + interval '1 millisecond'
      -- the order of versions, in which an index has the times
      order by v.created_at desc, v.version desc limit 1
    ) as r
    where h.kind = p_kind and (p_id is null or h.id = p_id));
end
$$;
revoke all on function public.registry_live_at(text, timestamptz, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_live_at(text, timestamptz, text) to authenticated, service_role;

-- Refuses a question about kinds that would be read several times, or that names none: `p_kinds` has texts, or objects with a
-- `kind`.
create function public.registry_check_kinds(p_kinds jsonb)
returns void
language plpgsql
stable
set search_path = ''
as $$
declare
  v_problem text := case
    when jsonb_typeof(p_kinds) is distinct from 'array' then 'the kinds are not a list'
    when jsonb_array_length(p_kinds) > 1000 then 'more than 1,000 kinds'
    when exists (
      select from jsonb_array_elements(p_kinds) as k(one)
      where jsonb_typeof(coalesce(one -> 'kind', one)) <> 'string') then 'a kind has no name'
    when (
      select count(*) <> count(distinct coalesce(one ->> 'kind', one #>> '{}')) from jsonb_array_elements(p_kinds) as k(one)
    ) then 'a kind is named twice'
  end;
begin
  if v_problem is not null then
    perform public.registry_refuse(422, 'REFUSED', v_problem, 'fix the query');
  end if;
end
$$;
revoke all on function public.registry_check_kinds(jsonb) from public, anon, authenticated, service_role;

-- All heads of some kinds, in the order of the kinds, as one document: pages of 1,000 rows would take ten round trips and
-- could be of different times, and so would one call for each kind. `p_ids` limits them to the definitions with these ids.
-- json and not jsonb, which takes twice the time to build and to write. A kind as an object (`kind`, `after`, `most`) is a page:
-- at most so many heads after the one with the id `after`, in the order of the database.
create function public.registry_heads_json(p_kinds jsonb, p_ids jsonb default null)
returns json
language plpgsql
stable
security definer
set search_path = ''
-- plans for these ids; the plan for any would read all heads
set plan_cache_mode = force_custom_plan
as $$
declare
  v_ids text[] := case when p_ids is not null then array(select jsonb_array_elements_text(p_ids)) end;
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read all heads',
      'sign in as a publisher, or use the secret key');
  end if;
  perform public.registry_check_kinds(p_kinds);
  return (
    select coalesce(json_agg(json_build_object(
        'kind', kind, 'id', id, 'state', state, 'version', version, 'draftVersion', draft_version,
        'latestVersion', latest_version, 'digest', latest_digest,
        'liveDigest', case when version is not null then digest end,
        'commitSha', commit_sha, 'commitRank', commit_rank,
        'hold', hold, 'disabled', disabled, 'metadata', metadata, 'references', refs,
        'updatedAt', to_char(updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by place, case when one ? 'most' then '' else id end collate "C", id), '[]')
    from jsonb_array_elements(p_kinds) with ordinality as wanted(one, place)
    cross join lateral (
      select h.* from public.registry_heads h
      where h.kind = coalesce(one ->> 'kind', one #>> '{}') and h.id > coalesce(one ->> 'after', '')
        and (v_ids is null or h.id = any (v_ids))
      order by h.id limit (one ->> 'most')::integer
    ) as heads);
end
$$;
revoke all on function public.registry_heads_json(jsonb, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_heads_json(jsonb, jsonb) to authenticated, service_role;

-- The heads that moved since an event of the feed, for each kind of `p_known` (`kind`, and `seq` with its `mark`), as
-- registry_heads_json writes them. All heads of the kind without an event, with one that is not in the feed (of another
-- history, or no longer kept), and with one since which very many moved. `stamps` are for these heads, `count` and `sum`
-- for all: a stamp changes with every write to the row, also with one that no event tells of, so a client proves by the
-- sum that it has every head as it is. With `most`, all heads are a page as registry_heads_json has it, with stamps for the page
-- alone; the count and the sum are those of the kind in the first page, the one without `after`.
create function public.registry_heads_since(p_known jsonb)
returns json
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_seq bigint := (select seq from public.registry_counter);
  v_known record;
  v_moved jsonb;
  v_heads json;
  v_last text;
  v_kinds json[] := array[]::json[];
begin
  perform public.registry_check_kinds(p_known);
  for v_known in
    select * from jsonb_to_recordset(p_known) as k(kind text, seq bigint, mark uuid, after text, most integer)
  loop
    v_moved := null;
    v_last := null;
    if v_known.mark = public.registry_mark_of(v_known.seq) then
      select case when count(*) <= 1000 then coalesce(jsonb_agg(id), '[]') end into v_moved
        from (
          select distinct e.id from public.registry_events e where e.seq > v_known.seq and e.kind = v_known.kind
        ) as moved;
    end if;
    -- refuses callers that are not publishers
    if v_moved is null and v_known.most is not null then
      v_heads := public.registry_heads_json(jsonb_build_array(to_jsonb(v_known)));
      v_last := coalesce(v_heads -> -1 ->> 'id', '');
    else
      v_heads := public.registry_heads_json(jsonb_build_array(v_known.kind), v_moved);
    end if;
    select v_kinds || json_build_object('kind', v_known.kind, 'whole', v_moved is null, 'heads', v_heads,
        'stamps', coalesce(json_object_agg(h.id, h.stamp::text)
          filter (where (v_moved is null or v_moved ? h.id) and (v_last is null or h.id <= v_last)), '{}'),
        'count', count(*), 'sum', coalesce(sum(h.stamp), 0)::text)
      into v_kinds
      from (
        select id, hashtextextended(concat_ws(' ', id, xmin, latest_version, latest_digest, updated_at, hold), 0) as stamp
        from public.registry_heads
        where kind = v_known.kind
          and (v_last is null or v_known.after is null or id > v_known.after and id <= v_last)
      ) as h;
  end loop;
  return json_build_object('seq', v_seq, 'mark', public.registry_mark_of(v_seq), 'kinds', array_to_json(v_kinds));
end
$$;
revoke all on function public.registry_heads_since(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_heads_since(jsonb) to authenticated, service_role;

-- The heads that a publisher's commit does not prove to be the same, for each kind of `p_asked`. "buckets" are hashes of the
-- publisher's definitions in groups, by the first `digits` digits of the ids of git's trees: the start of the SHA-256 of the
-- lines `id tree`, sorted, with a line feed between them. Heads that only need to be equal (live, with nothing held, waiting,
-- switched off or required of others) are left out if their group has the same hash here; "apart" names the publisher's
-- groups that have not. All other heads are in "heads", unless there are more than `most`, or no buckets: then it is null. "trees" has the
-- newest version and git's tree of each of them. "count" and "sum" are those of registry_heads_since; in a preview the sum proves
-- nothing.
create function public.registry_heads_apart(p_asked jsonb)
returns json
language plpgsql
stable
security definer
set search_path = ''
set jit = off
as $$
declare
  v_asked record;
  v_kinds json[] := array[]::json[];
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read all heads',
      'sign in as a publisher, or use the secret key');
  end if;
  perform public.registry_check_kinds(p_asked);
  if exists (
    select from jsonb_array_elements(p_asked) as a(one)
    where jsonb_typeof(one) <> 'object' or one ->> 'digits' !~ '^[0-3]$' or one ->> 'most' !~ '^[0-9]{1,9}$'
      or jsonb_typeof(one -> 'buckets') not in ('object', 'null')
  ) then
    perform public.registry_refuse(422, 'REFUSED', 'digits must be 0 to 3, `most` a whole number, and buckets an object',
      'fix the query');
  end if;
  for v_asked in
    select * from jsonb_to_recordset(p_asked) as a(kind text, digits integer, buckets jsonb, most integer)
  loop
    with every as materialized (
      select h.*
      -- the heads of a preview are a view, which has no xmin
      from (select '0'::xid as xmin) as otherwise
      cross join lateral (
        select id, latest_version, git_tree, case when state <> 'removed' then git_tree end as tree,
          state in ('active', 'deprecated') and version is not null and draft_version is null and disabled is null
            and not has_hold and refs = '[]' as plain,
          hashtextextended(concat_ws(' ', id, xmin, latest_version, latest_digest, updated_at, hold), 0) as stamp
        from public.registry_heads
        where kind = v_asked.kind
      ) as h
    ), own as materialized (
      select left(tree, v_asked.digits) as bucket,
        left(encode(sha256(convert_to(string_agg(concat(id, ' ', tree), E'\n' order by id collate "C"), 'UTF8')), 'hex'), 40)
          as hash
      from every
      where tree is not null and v_asked.buckets is not null
      group by 1
    ), same as materialized (
      select own.bucket from own where v_asked.buckets ->> own.bucket = own.hash
    ), apart as materialized (
      select id, latest_version, git_tree from every
      where v_asked.buckets is not null
        and (not plain or tree is null or not exists (select from same where same.bucket = left(tree, v_asked.digits)))
    )
    select v_kinds || json_build_object('kind', v_asked.kind,
        'count', (select count(*) from every), 'sum', (select coalesce(sum(stamp), 0)::text from every),
        'apart', (
          select coalesce(json_agg(b.name), '[]') from jsonb_object_keys(v_asked.buckets) as b(name)
          where not exists (select from same where same.bucket = b.name)),
        'trees', (
          select coalesce(json_object_agg(id, json_build_array(latest_version, git_tree)), '{}')
          from apart where git_tree is not null),
        'heads', (
          select case when count(*) <= v_asked.most then public.registry_heads_json(
            jsonb_build_array(v_asked.kind), coalesce(jsonb_agg(id), '[]')) end
          from apart where v_asked.buckets is not null having v_asked.buckets is not null))
      into v_kinds;
  end loop;
  return array_to_json(v_kinds);
end
$$;
revoke all on function public.registry_heads_apart(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_heads_apart(jsonb) to authenticated, service_role;
