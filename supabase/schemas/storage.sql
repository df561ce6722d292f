-- The bucket with the bundles, and what SQL sees of it.

-- Where bundles are; private, so that drafts and disabled definitions are not public. It takes gzip alone, so that a
-- browser never gets a page from here.
insert into storage.buckets (id, name, public, allowed_mime_types)
values ('registry', 'registry', false, array['application/gzip'])
on conflict (id) do update set allowed_mime_types = excluded.allowed_mime_types;

-- Publishers read bundles with their own token; only the service role, which row security does not bind, writes them.
-- Supabase has row security on for storage and owns the table: a policy is all that a migration may add there.
drop policy if exists registry_publishers_read on storage.objects;
create policy registry_publishers_read on storage.objects
  for select to authenticated using (bucket_id = 'registry' and (select public.registry_is_publisher()));

-- Which of these bundles need no upload: the same size is there, or what a revision refers to is. Storage may keep
-- older versions of an object and markers of deleted ones; every query leaves them out, also where it has no columns
-- for them.
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

-- What storage lists under these names, one row an object: which object it is, its size, and the hash of the archive
-- that revisions refer to by that name, if any does. The caller that hashes the bytes compares.
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
