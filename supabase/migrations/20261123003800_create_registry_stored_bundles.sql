-- Which of these bundles need no upload: the same size is there, or what a revision refers to is. Storage may keep older
-- versions of an object and markers of deleted ones; every query leaves them out, also where it has no columns for them.
create function public.registry_stored_bundles(p_bundles jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(distinct b.path), '[]')
  from jsonb_to_recordset(p_bundles) as b(path text, size bigint)
  join storage.objects o on o.bucket_id = 'registry' and o.name = b.path
  where not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
    and ((o.metadata ->> 'size')::bigint = b.size
      or exists (
        select from public.registry_revisions r
        where r.bundle_path = b.path and r.bundle_size = (o.metadata ->> 'size')::bigint))
$$;

revoke all on function public.registry_stored_bundles(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_stored_bundles(jsonb) to service_role;
