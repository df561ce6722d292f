-- What is live, did not move, and refers to something that a release took away: a definition that is gone, a version in
-- its range, or the last one that offered what it demands. What was broken before is not this release's doing.
create function public.registry_broken_dependents(p_release text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with dependents as materialized (
    select distinct on (d.kind, d.id) d.kind, d.id, d.version, d.refs
    from public.registry_revisions r
    -- The offset keeps the planner to the index: one search for each that moved. It finds demands as well, because what
    -- may meet a demand is also required.
    cross join lateral (
      select h.kind, h.id, h.version, h.refs from public.registry_heads h
      where h.refs @> jsonb_build_array(jsonb_build_object('id', r.id))
        and h.version is not null and h.state in ('active', 'deprecated')
      offset 0
    ) as d
    where r.release_id = p_release and r.version > 1 and r.state <> 'draft'
  ), broken as (
    select distinct d.kind, d.id, jsonb_build_object('kind', d.kind, 'id', d.id, 'why', found.why,
        'requires', jsonb_build_object('kind', f.kind, 'id', target.id)) || case found.why
          when 'range' then jsonb_build_object('range', f.range, 'version', moved.metadata -> 'version')
          when 'demand' then jsonb_build_object('provides', f.provides)
          else '{}'
        end as dependent
    from dependents d
    cross join lateral jsonb_to_recordset(d.refs)
      as f(kind text, id text, relation text, range text, allowed jsonb, "oneOf" jsonb, provides text)
    cross join lateral (
      select f.id where f.relation = 'requires'
      union all
      select o.id from jsonb_array_elements_text(f."oneOf") as o(id) where f.relation = 'demands'
    ) as target
    cross join lateral (
      select r.version, r.state, r.metadata, r.release_id from public.registry_revisions r
      where r.kind = f.kind and r.id = target.id
      order by r.version desc limit 1
    ) as moved
    cross join lateral (
      select r.state, r.metadata from public.registry_revisions r
      where r.kind = f.kind and r.id = target.id and r.version < moved.version and r.state <> 'draft'
      order by r.version desc limit 1
    ) as was
    cross join lateral (
      select case
        when f.relation = 'demands' then case
          when was.metadata -> 'provides' ? f.provides and not exists (
            select from jsonb_array_elements_text(f."oneOf") as o(id)
            where (
              select h.version is not null and h.state in ('active', 'deprecated')
                and h.metadata -> 'provides' ? f.provides
              from public.registry_heads h where h.kind = f.kind and h.id = o.id)) then 'demand'
        end
        when moved.state not in ('active', 'deprecated') then 'gone'
        when f.range is not null and not public.registry_version_allowed(moved.metadata ->> 'version', f.allowed)
          and public.registry_version_allowed(was.metadata ->> 'version', f.allowed) then 'range'
      end as why
    ) as found
    where moved.release_id = p_release and moved.state <> 'draft' and was.state in ('active', 'deprecated')
      and p_release <> (
        select r.release_id from public.registry_revisions r
        where r.kind = d.kind and r.id = d.id and r.version = d.version)
      and found.why is not null
  )
  select jsonb_agg(dependent order by kind collate "C", id collate "C", dependent) from broken
$$;

revoke all on function public.registry_broken_dependents(text) from public, anon, authenticated, service_role;
