-- The bundles of a preview; SQL cannot delete them, so whoever takes the preview down does.
create function public.registry_preview_objects(p_name text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  -- checks the name, which has nothing in it that LIKE would take for more than itself
  perform public.registry_preview_schema(p_name);
  return (
    select coalesce(jsonb_agg(name order by name collate "C"), '[]')
    from storage.objects o
    where bucket_id = 'registry' and name like format('preview-%s/%%', p_name)
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)'));
end
$$;

revoke all on function public.registry_preview_objects(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_objects(text) to service_role;
