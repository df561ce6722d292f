-- Editions, for programs that follow a registry by the versions that authors declare.

-- One page of the editions of a kind, and the number of the last event. An edition is what was public under one declared
-- version: its content is that of the newest such revision. Its place in the order is that of the first one, so that a
-- walk over the pages meets each edition once, whatever is published meanwhile. An edition is deleted when the
-- definition is not live any more, or when its content was rolled back or withdrawn; its manifest is then left out. It
-- changed when it was published, or when it last became deleted or available again.
create function public.registry_list_editions(p_kind text, p_query jsonb)
returns jsonb
language plpgsql
stable
set search_path = ''
-- plans for the filters of this call; a page is read in the order of an index, which ends with the page
set plan_cache_mode = force_custom_plan
set enable_sort = off
set enable_hashjoin = off
set enable_seqscan = off
as $$
declare
  v_id text := p_query ->> 'id';
  v_declared text := p_query ->> 'declared';
  v_search text := lower(p_query ->> 'search');
  v_since timestamptz := timestamptz 'epoch' + (p_query ->> 'since')::bigint * interval '1 millisecond';
  v_latest boolean := coalesce((p_query ->> 'latest')::boolean, false);
  v_deleted boolean := coalesce((p_query ->> 'deleted')::boolean, false);
  v_after text := p_query ->> 'after';
  v_after_place integer := (p_query ->> 'afterPlace')::integer;
  v_limit integer := least(coalesce((p_query ->> 'limit')::integer, 30), 1000);
  v_seq bigint;
begin
  select seq into strict v_seq from public.registry_counter;
  return (
    select jsonb_build_object('seq', v_seq, 'more', count(*) > v_limit,
      'items', coalesce(jsonb_agg(jsonb_build_object(
        'id', e.id, 'place', e.place, 'declared', e.declared, 'version', e.version, 'digest', e.digest,
        'status', e.status, 'latest', e.latest, 'metadata', e.metadata,
        'manifest', case when e.status <> 'deleted' then e.manifest end,
        'publishedAt', to_char(e.published_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
        'changedAt', to_char(e.changed_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
      order by e.number) filter (where e.number <= v_limit), '[]'))
    from (
      select f.id, f.version as place, f.declared_version as declared, f.created_at as published_at,
        n.version, n.digest, n.manifest, h.metadata, found.status, found.latest, found.changed_at,
        row_number() over (order by f.id collate "C", f.version) as number
      from public.registry_revisions f
      join public.registry_heads h on h.kind = f.kind and h.id = f.id
      cross join lateral (
        select r.version, r.digest, r.state, r.manifest, r.created_at, r.withdrawn_at
        from public.registry_revisions r
        where r.kind = f.kind and r.id = f.id and r.declared_version = f.declared_version
          and r.state in ('active', 'deprecated')
        order by r.version desc limit 1
      ) as n
      left join public.registry_revisions l on l.kind = h.kind and l.id = h.id and l.version = h.version
      cross join lateral (
        select max(m.created_at) as at from (
          select r.created_at, r.state in ('active', 'deprecated') as now,
            lag(r.state in ('active', 'deprecated')) over (order by r.version) as was
          from public.registry_revisions r
          where r.kind = f.kind and r.id = f.id and r.state <> 'draft'
        ) as m
        where m.now is distinct from m.was
      ) as moved
      left join lateral (
        select max((o.value ->> 'since')::timestamptz) as since
        from jsonb_array_elements(h.hold) as o(value) where o.value ->> 'digest' = n.digest
      ) as held on true
      cross join lateral (
        select h.version is not null and h.state in ('active', 'deprecated') as live
      ) as head
      cross join lateral (
        select
          case when head.live and held.since is null and n.withdrawn_at is null then n.state
            else 'deleted' end as status,
          head.live and l.declared_version = f.declared_version as latest,
          date_trunc('milliseconds', greatest(n.created_at, moved.at, held.since, n.withdrawn_at)) as changed_at
      ) as found
      where f.kind = p_kind and f.state in ('active', 'deprecated') and f.declared_version is not null
        and (v_id is null or f.id collate "C" = v_id)
        and (v_declared is null or f.declared_version = v_declared)
        and not exists (
          select from public.registry_revisions r
          where r.kind = f.kind and r.id = f.id and r.declared_version = f.declared_version
            and r.version < f.version and r.state in ('active', 'deprecated'))
        and (v_after is null or f.id collate "C" > v_after or (f.id = v_after and f.version > v_after_place))
        and (v_deleted or found.status <> 'deleted')
        and (not v_latest or (h.version is not null and l.declared_version = f.declared_version and found.latest))
        and (v_since is null or found.changed_at >= v_since)
        and (v_search is null
          or strpos(lower(n.manifest ->> 'name'), v_search) > 0
          or strpos(lower(n.manifest ->> 'title'), v_search) > 0
          or strpos(lower(n.manifest ->> 'description'), v_search) > 0)
      order by f.id collate "C", f.version
      limit v_limit + 1
    ) as e);
end
$$;
revoke all on function public.registry_list_editions(text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_list_editions(text, jsonb) to service_role;
