-- References of what a release appended that are not met, once its heads have moved. What goes live must find required
-- definitions live and in the range it names, and one that is live offering what it demands; all else must exist.
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
  -- the limit keeps the planner to the key
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
