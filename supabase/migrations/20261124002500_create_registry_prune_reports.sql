-- Forgets reports that are too old, and answers the objects that no report names any more: SQL cannot delete objects,
-- so the caller does. What is younger than an hour may belong to a report that is being written.
create function public.registry_prune_reports()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform public.registry_sweep('1 day');
  return (
    select coalesce(jsonb_agg(name), '[]')
    from (
      select o.name from storage.objects o
      where o.bucket_id = 'registry' and o.name like 'reports/%' and o.created_at < now() - interval '1 hour'
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
        and not exists (select from public.registry_validation_reports r where r.manifests = o.name)
      limit 1000
    ) as orphans);
end
$$;

revoke all on function public.registry_prune_reports() from public, anon, authenticated, service_role;
grant execute on function public.registry_prune_reports() to service_role;
