-- What publishers read of releases and of the events that they made.

-- The numbers (`seq`) of the newest releases that a query finds, newest first; `limit` of them at most. A release is found
-- by a definition that it moved, by origin, actor, start of its commit, and time (milliseconds since 1970).
create function public.registry_find_releases(p_query jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
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
  v_after bigint := -1;
  v_seqs bigint[];
  v_found jsonb;
begin
  -- The order by time is the order by number, so a time is a limit of the numbers. Times are shown in milliseconds.
  if v_since is not null then
    v_after := coalesce((
      select r.seq from public.registry_releases r where r.created_at < v_since
      order by r.created_at desc limit 1), -1);
  end if;
  if v_until is not null then
    v_before := least(v_before, (
      select r.seq from public.registry_releases r where r.created_at >= v_until order by r.created_at limit 1));
  end if;
  -- The releases of one definition are found by its versions; a withdrawal makes none.
  if v_id is not null then
    v_seqs := array(
      select r.seq from public.registry_releases r
      where r.id in (select v.release_id from public.registry_revisions v where v.kind = v_kind and v.id = v_id)
      union all
      select r.seq from public.registry_releases r
      where r.origin = 'withdraw' and r.response -> 'outcomes' -> 0 ->> 'kind' = v_kind
        and r.response -> 'outcomes' -> 0 ->> 'id' = v_id);
  end if;
  execute format($sql$
    select coalesce(jsonb_agg(found.seq order by found.seq desc), '[]')
    from (
      select r.seq from %s
      where r.seq > $1
        and ($2 is null or r.seq < $2)
        and ($3 is null or r.origin = $3)
        and ($4 is null or r.actor = $4)
        and ($5 is null or r.commit_sha like $5 || '%%')
        and ($6 is null or r.seq = any ($6))
      order by r.seq desc
      limit $8
    ) as found
    $sql$, case when v_kind is null or v_id is not null then 'public.registry_releases r'
      -- from the kind's own numbers, however few it has
      else 'public.registry_release_kinds k join public.registry_releases r on r.seq = k.seq and k.kind = $7' end)
    into v_found using v_after, v_before, v_origin, v_actor, v_commit, v_seqs, v_kind, v_limit;
  return v_found;
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
    select e.seq, e.kind, e.id, e.release_id from public.registry_events e
    where e.seq = any (array(select value::bigint from jsonb_array_elements_text(p_seqs)))
  ), causes as materialized (
    select r.id, r.origin, r.actor, r.reason, r.response from public.registry_releases r
    where r.id = any (array(select t.release_id from told t))
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
