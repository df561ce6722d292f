-- Takes a preview down for good, once its bundles are gone.
create function public.registry_preview_down(p_name text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set client_min_messages = warning
as $$
declare
  v_schema text := public.registry_preview_schema(p_name);
  v_left integer;
  v_count integer;
begin
  perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
  v_left := jsonb_array_length(public.registry_preview_objects(p_name));
  if v_left > 0 then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s bundles of the preview %s are still in storage', v_left, p_name),
      'delete them first: nofx preview down does', jsonb_build_object('preview', p_name, 'objects', v_left));
  end if;
  -- as when one is made
  perform pg_advisory_xact_lock(hashtextextended('previews', 6));
  execute format('drop schema if exists %I cascade', v_schema);
  delete from public.registry_previews where name = p_name;
  get diagnostics v_count = row_count;
  return jsonb_build_object('name', p_name, 'removed', v_count > 0);
end
$$;

revoke all on function public.registry_preview_down(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_down(text) to service_role;
