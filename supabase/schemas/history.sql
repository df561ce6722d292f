-- What publishers read of releases and of the events that they made.

-- The numbers (`seq`) of the newest releases that a query finds, newest first; `limit` of them at most. A release is found
-- by a definition that it moved, by origin, actor, start of its commit, and time (milliseconds since 1970).
create function public.registry_find_releases(p_query jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
-- plans for the filters of this call; a generic plan is slow
set plan_cache_mode = force_custom_plan
as $$
declare
  v_before bigint := (p_query ->> 'before')::bigint;
  v_kind text := p_query ->> 'kind';
  v_id text := p_query ->> 'id';
  v_origin text := p_query ->> 'origin';
  v_actor text := p_query ->> 'actor';
  v_commit text := p_query ->> 'commit';
  v_since timestamptz := timestamptz 'epoch' + (p_query ->> 'since')::bigint * interval '1 millisecond';
  v_until timestamptz := timestamptz 'epoch' + (p_query ->> 'until')::bigint * interval '1 millisecond';
  v_limit integer := least((p_query ->> 'limit')::integer, 1000);
  v_made text[];
begin
  -- The releases of one definition are found by its versions; a withdrawal makes none.
  if v_id is not null then
    v_made := array(select r.release_id from public.registry_revisions r where r.kind = v_kind and r.id = v_id);
  end if;
  return (
    select coalesce(jsonb_agg(found.seq order by found.seq desc), '[]')
    from (
      select r.seq from public.registry_releases r
      where (v_before is null or r.seq < v_before)
        and (v_origin is null or r.origin = v_origin)
        and (v_actor is null or r.actor = v_actor)
        and (v_commit is null or starts_with(r.commit_sha, v_commit))
        and (v_since is null or date_trunc('milliseconds', r.created_at) >= v_since)
        and (v_until is null or date_trunc('milliseconds', r.created_at) < v_until)
        and (v_id is null or r.origin = 'withdraw' or r.id = any (v_made))
        and (v_kind is null or exists (
          select from jsonb_to_recordset(r.response -> 'outcomes') as o(kind text, id text, outcome text)
          where o.kind = v_kind and (v_id is null or o.id = v_id) and o.outcome not in ('unchanged', 'stale', 'held')))
      order by r.seq desc
      limit v_limit
    ) as found);
end
$$;
revoke all on function public.registry_find_releases(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_find_releases(jsonb) to service_role;

-- The releases that made events, by the events' numbers: origin, actor, reason, and the outcome for the event's own
-- definition. Events without a release are left out.
create function public.registry_causes(p_seqs jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with told as materialized (
    select e.seq, e.kind, e.id, e.release_id
    from jsonb_array_elements(p_seqs) as s(value)
    join public.registry_events e on e.seq = (s.value #>> '{}')::bigint
  ), causes as materialized (
    select r.id, r.origin, r.actor, r.reason, r.response from public.registry_releases r
    where r.id in (select t.release_id from told t)
  ), outcomes as materialized (
    select c.id as release, o.kind, o.id, min(o.outcome) as outcome
    from causes c
    cross join lateral jsonb_to_recordset(c.response -> 'outcomes') as o(kind text, id text, outcome text)
    group by c.id, o.kind, o.id
  )
  select coalesce(jsonb_agg(jsonb_build_object(
      'seq', t.seq, 'origin', c.origin, 'actor', c.actor, 'reason', c.reason, 'outcome', o.outcome)
    order by t.seq), '[]')
  from told t
  join causes c on c.id = t.release_id
  left join outcomes o on o.release = t.release_id and o.kind = t.kind and o.id = t.id
$$;
revoke all on function public.registry_causes(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_causes(jsonb) to service_role;
