-- What storage lists under these names, one row an object: which object it is, its size, and the hash of the archive
-- that revisions refer to by that name, if any does. Whoever hashes the bytes compares.
create function public.registry_stored_objects(p_paths jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'path', o.name, 'object', concat_ws(' ', o.id, o.version), 'size', (o.metadata ->> 'size')::bigint,
      'sha256', (select r.bundle_sha256 from public.registry_revisions r where r.bundle_path = o.name limit 1))), '[]')
  from jsonb_array_elements_text(p_paths) as p(path)
  join storage.objects o on o.bucket_id = 'registry' and o.name = p.path
  where not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
$$;

revoke all on function public.registry_stored_objects(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_stored_objects(jsonb) to service_role;
