-- The bundles of a preview; SQL cannot delete them, so whoever takes the preview down does.
create function public.registry_preview_objects(p_name text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  -- checks the name, which has nothing in it that LIKE would take for more than itself
  v_schema text := public.registry_preview_schema(p_name);
begin
  return (
    select coalesce(jsonb_agg(name order by name collate "C"), '[]')
    from storage.objects where bucket_id = 'registry' and name like format('preview-%s/%%', p_name));
end
$$;

revoke all on function public.registry_preview_objects(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_objects(text) to service_role;
