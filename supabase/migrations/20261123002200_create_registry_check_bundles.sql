-- Nothing becomes visible whose bundle is not in storage with its size.
create function public.registry_check_bundles(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_missing jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', r.kind, 'id', r.id, 'path', r.bundle_path, 'size', r.bundle_size, 'stored', o.size)
      order by r.bundle_path) into v_missing
    from public.registry_revisions r
    -- the limit keeps the planner to the index, however few rows it expects
    left join lateral (
      select (metadata ->> 'size')::bigint as size from storage.objects o
      where bucket_id = 'registry' and name = r.bundle_path
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      limit 1
    ) o on true
    where r.release_id = p_release and r.state <> 'removed' and o.size is distinct from r.bundle_size;
  if v_missing is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s bundle%s not in storage with its size, the first is %s', jsonb_array_length(v_missing),
        case when jsonb_array_length(v_missing) = 1 then ' is' else 's are' end, v_missing -> 0 ->> 'path'),
      'publish again: it uploads what is missing',
      jsonb_build_object('rule', 'NOFX_BUNDLE_MISSING', 'bundles', v_missing));
  end if;
end
$$;

revoke all on function public.registry_check_bundles(text) from public, anon, authenticated, service_role;
