-- References between definitions: a release must find its references, and must not break those of live definitions.

-- Refuses a release that refers to definitions that the registry does not have. Runs after the heads have moved.
-- registry_check_dependents checks the references of other definitions.
create function public.registry_check_references(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb := public.registry_broken_references(p_release);
  v_name text := format('%s/%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id');
  v_target jsonb := v_rows -> 0 -> 'target';
begin
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      case v_rows -> 0 ->> 'why'
        when 'demand' then format('%s demands "%s" of %s %s, and no live definition offers it', v_name,
          v_target ->> 'provides', v_target ->> 'kind',
          (select string_agg(id, ' or ') from jsonb_array_elements_text(v_target -> 'oneOf') as o(id)))
        when 'range' then format('%s requires %s/%s %s, the registry has %s', v_name, v_target ->> 'kind',
          v_target ->> 'id', v_target ->> 'range', coalesce(v_target ->> 'version', 'no version of it'))
        else format('%s %s %s/%s, which is not live in the registry', v_name, v_rows -> 0 ->> 'relation',
          v_target ->> 'kind', v_target ->> 'id')
      end,
      case v_rows -> 0 ->> 'why'
        when 'demand' then format('publish a definition that offers "%s", before %s or together with it',
          v_target ->> 'provides', v_name)
        when 'range' then format('publish %s/%s with a version in that range first, or change the range',
          v_target ->> 'kind', v_target ->> 'id')
        else format('publish %s/%s, before %s or together with it', v_target ->> 'kind', v_target ->> 'id', v_name)
      end,
      -- What the release would break besides, so that one refusal names everything that `force` would accept.
      jsonb_build_object('rule', 'NOFX_REFERENCE_MISSING', 'references', v_rows) || coalesce(
        (select jsonb_build_object('dependents', d)
          from public.registry_broken_dependents(p_release) as d where d is not null), '{}'));
  end if;
end
$$;
revoke all on function public.registry_check_references(text) from public, anon, authenticated, service_role;

-- The unmet references of the revisions that a release appended, after its heads have moved. A live revision needs each
-- required definition live and in the range that it names, and each demand offered by a live definition. Every other
-- reference needs a definition that exists.
create function public.registry_broken_references(p_release text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_agg(jsonb_build_object('kind', r.kind, 'id', r.id, 'file', f.file, 'pointer', f.pointer,
      'relation', f.relation, 'why', found.why) || case found.why
        when 'demand' then jsonb_build_object(
          'target', jsonb_build_object('kind', f.kind, 'oneOf', f."oneOf", 'provides', f.provides))
        when 'range' then jsonb_build_object('target', jsonb_build_object(
          'kind', f.kind, 'id', f.id, 'range', f.range, 'version', t.metadata -> 'version'))
        else jsonb_build_object('target', jsonb_build_object('kind', f.kind, 'id', f.id))
      end
      order by r.kind collate "C", r.id collate "C", f.place)
  from public.registry_revisions r
  cross join lateral rows from (jsonb_to_recordset(r.refs) as (
      kind text, id text, relation text, range text, allowed jsonb, "oneOf" jsonb, provides text,
      file text, pointer jsonb)) with ordinality
    as f(kind, id, relation, range, allowed, "oneOf", provides, file, pointer, place)
  -- the limit makes the planner use the primary key
  left join lateral (
    select h.metadata, h.state <> 'removed' as there,
      h.version is not null and h.state in ('active', 'deprecated') as live
    from public.registry_heads h where h.kind = f.kind and h.id = f.id limit 1
  ) t on true
  cross join lateral (
    select case
      when f.relation = 'mentions' or r.state not in ('active', 'deprecated') then case
        when f.relation <> 'demands' and t.there is not true then 'gone'
      end
      when f.relation = 'demands' then case
        when not exists (
          select from jsonb_array_elements_text(f."oneOf") as o(id)
          where (
            select h.version is not null and h.state in ('active', 'deprecated')
              and h.metadata -> 'provides' ? f.provides
            from public.registry_heads h where h.kind = f.kind and h.id = o.id)) then 'demand'
      end
      when t.live is not true then 'gone'
      when f.range is not null and not public.registry_version_allowed(t.metadata ->> 'version', f.allowed)
        then 'range'
    end as why
  ) as found
  where r.release_id = p_release and r.state <> 'removed' and found.why is not null
$$;
revoke all on function public.registry_broken_references(text) from public, anon, authenticated, service_role;

-- Refuses a release that breaks references of live definitions, and lists all of these definitions.
create function public.registry_check_dependents(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb := public.registry_broken_dependents(p_release);
  v_name text := format('%s/%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id');
  v_lost text := format('%s/%s', v_rows -> 0 -> 'requires' ->> 'kind', v_rows -> 0 -> 'requires' ->> 'id');
  v_others bigint;
begin
  if v_rows is not null then
    select count(distinct (d.kind, d.id)) - 1 into v_others from jsonb_to_recordset(v_rows) as d(kind text, id text);
    perform public.registry_refuse(422, 'REFUSED',
      case v_rows -> 0 ->> 'why'
        when 'demand' then format('%s no longer offers "%s", which is demanded by %s', v_lost,
          v_rows -> 0 ->> 'provides', v_name)
        when 'range' then format('%s with %s is outside %s, which is required by %s', v_lost,
          coalesce('version ' || (v_rows -> 0 ->> 'version'), 'no version'), v_rows -> 0 ->> 'range', v_name)
        else format('%s is still required by %s', v_lost, v_name)
      end || case when v_others > 0 then format(' and %s more', v_others) else '' end,
      'change the definitions that require it first, or use --force',
      jsonb_build_object('rule', 'NOFX_STILL_REQUIRED', 'dependents', v_rows));
  end if;
end
$$;
revoke all on function public.registry_check_dependents(text) from public, anon, authenticated, service_role;

-- The live definitions outside a release whose references the release broke: it removed the definition, moved it out of
-- the range, or removed the last definition that offered what is demanded. References that were broken before do not
-- count.
create function public.registry_broken_dependents(p_release text)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with dependents as materialized (
    select distinct on (d.kind, d.id) d.kind, d.id, d.version, d.refs
    from public.registry_revisions r
    -- The offset makes the planner use the index: one search for each changed definition. The search finds demands as
    -- well, because the definitions that may meet a demand are also in the list.
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

-- The definitions that the caller may see and that refer to one, by kind and id, each with these references; `p_limit` of
-- them at most. The references of a definition without a live version are those of its draft. The conditions of row
-- security are here: under row security itself the planner may not use the index of the references.
create function public.registry_dependents(p_kind text, p_id text, p_limit integer)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- plans for this definition, so that the index is used
set plan_cache_mode = force_custom_plan
as $$
declare
  v_all boolean := coalesce(current_setting('role', true), '') not in ('anon', 'authenticated')
    or public.registry_is_publisher();
begin
  return (
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', d.kind, 'id', d.id, 'version', d.version, 'refs', (
          select coalesce(jsonb_agg(r.value), '[]') from jsonb_array_elements(d.refs) as r(value)
          where r.value ->> 'kind' = p_kind and (r.value ->> 'id' = p_id or r.value -> 'oneOf' ? p_id)))
      order by d.kind collate "C", d.id collate "C"), '[]')
    from (
      select h.kind, h.id, h.version, h.refs from public.registry_heads h
      where h.refs @> jsonb_build_array(jsonb_build_object('kind', p_kind, 'id', p_id)) and h.state <> 'removed'
        and (v_all or (h.state in ('active', 'deprecated') and h.version is not null))
      order by h.kind collate "C", h.id collate "C"
      limit least(p_limit, 1000)
    ) as d);
end
$$;
revoke all on function public.registry_dependents(text, text, integer) from public, anon, authenticated, service_role;
grant execute on function public.registry_dependents(text, text, integer) to anon, authenticated, service_role;
