-- The bucket with the bundles, and the functions that read its list of objects.

-- The bucket of the bundles. It is private, so that drafts and disabled definitions are not public, and accepts gzip
-- alone, so that it never serves a page to a browser.
insert into storage.buckets (id, name, public, allowed_mime_types)
values ('registry', 'registry', false, array['application/gzip'])
on conflict (id) do update set allowed_mime_types = excluded.allowed_mime_types;

-- Publishers read bundles with their own token; only the service role, which bypasses row security, writes bundles.
-- Supabase owns the table and has enabled row security: a migration may add policies alone.
drop policy if exists registry_publishers_read on storage.objects;
create policy registry_publishers_read on storage.objects
  for select to authenticated using (bucket_id = 'registry' and (select public.registry_is_publisher()));

-- The bundles of a list that need no upload: the stored object has the same size, or the size that a revision has for
-- this path. Storage may keep older versions of an object and markers of deleted objects; every query leaves them out,
-- also when the table has no columns for them.
create function public.registry_stored_bundles(p_bundles jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(distinct b.path), '[]')
  from jsonb_to_recordset(p_bundles) as b(path text, size bigint)
  -- the offset makes the planner use the index, also when its statistics say that there are few objects
  cross join lateral (
    select (o.metadata ->> 'size')::bigint as size from storage.objects o
    where o.bucket_id = 'registry' and o.name = b.path
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
    offset 0
  ) as o
  where o.size = b.size
    or exists (
      select from public.registry_revisions r
      where r.bundle_path = b.path and r.bundle_size = o.size)
$$;
revoke all on function public.registry_stored_bundles(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_stored_bundles(jsonb) to service_role;

-- The stored objects with the given names: id and version of the object, its size, and the hash of the archive that
-- revisions have for this name, if there is one. The caller hashes the bytes and compares.
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
  cross join lateral (
    select o.id, o.name, o.version, o.metadata from storage.objects o
    where o.bucket_id = 'registry' and o.name = p.path
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
    offset 0
  ) as o
$$;
revoke all on function public.registry_stored_objects(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_stored_objects(jsonb) to service_role;
