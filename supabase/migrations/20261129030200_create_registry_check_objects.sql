-- A commit relies on objects whose bytes were hashed when they were staged: none of them may be another one by now. One
-- that was not there then ('') was hashed by nobody; that it is still missing, registry_check_bundles says.
create function public.registry_check_objects(p_principal text, p_key text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_changed jsonb;
begin
  select jsonb_agg(jsonb_build_object('kind', s.kind, 'id', s.id, 'path', s.bundle_path) order by s.bundle_path)
    into v_changed
    from public.registry_staged s
    -- the limit keeps the planner to the index
    left join lateral (
      select concat_ws(' ', id, version) as object from storage.objects o
      where bucket_id = 'registry' and name = s.bundle_path
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      limit 1
    ) o on true
    where s.principal = p_principal and s.key = p_key and s.bundle_object is not null
      and coalesce(o.object, '') <> s.bundle_object;
  if v_changed is not null then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s was stored or replaced after it was checked', v_changed -> 0 ->> 'path'),
      'publish again: it uploads and checks what is missing',
      jsonb_build_object('rule', 'NOFX_BUNDLE_CHANGED', 'bundles', v_changed));
  end if;
end
$$;

revoke all on function public.registry_check_objects(text, text) from public, anon, authenticated, service_role;
