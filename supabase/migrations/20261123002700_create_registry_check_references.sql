-- After the heads have moved: what a definition requires is live, what it mentions exists, and nothing live is left
-- requiring what went away.
create function public.registry_check_references(p_release text, p_missing boolean, p_dependents boolean)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  select jsonb_agg(jsonb_build_object('kind', r.kind, 'id', r.id, 'file', f.file, 'pointer', f.pointer,
      'relation', f.relation, 'target', jsonb_build_object('kind', f.kind, 'id', f.id))
      order by r.kind collate "C", r.id collate "C") into v_rows
    from public.registry_revisions r
    cross join lateral jsonb_to_recordset(r.refs)
      as f(kind text, id text, relation text, file text, pointer jsonb)
    left join public.registry_heads t on t.kind = f.kind and t.id = f.id
    where p_missing and r.release_id = p_release and r.state <> 'removed'
      and (case when f.relation = 'requires' and r.state in ('active', 'deprecated')
        then t.version is not null and t.state in ('active', 'deprecated')
        else t.state <> 'removed' end) is not true;
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s %s %s/%s, which the registry does not have live', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        v_rows -> 0 ->> 'relation', v_rows -> 0 -> 'target' ->> 'kind', v_rows -> 0 -> 'target' ->> 'id'),
      'publish that one first, or together with it',
      jsonb_build_object('rule', 'NOFX_REFERENCE_MISSING', 'references', v_rows));
  end if;
  select jsonb_agg(jsonb_build_object('kind', d.kind, 'id', d.id,
      'requires', jsonb_build_object('kind', r.kind, 'id', r.id)) order by d.kind collate "C", d.id collate "C")
    into v_rows
    from public.registry_revisions r
    join public.registry_heads d
      on d.refs @> jsonb_build_array(jsonb_build_object('kind', r.kind, 'id', r.id, 'relation', 'requires'))
      and d.version is not null and d.state in ('active', 'deprecated')
    where p_dependents and r.release_id = p_release and r.state in ('removed', 'disabled');
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s is still required by %s/%s%s', v_rows -> 0 -> 'requires' ->> 'kind',
        v_rows -> 0 -> 'requires' ->> 'id', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        case when jsonb_array_length(v_rows) > 1 then format(' and %s more', jsonb_array_length(v_rows) - 1) end),
      'change what requires it first, or use --force',
      jsonb_build_object('rule', 'NOFX_STILL_REQUIRED', 'dependents', v_rows));
  end if;
end
$$;

revoke all on function public.registry_check_references(text, boolean, boolean)
  from public, anon, authenticated, service_role;
