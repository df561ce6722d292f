-- The objects in storage that have a content: its bundle, its bundles in previews, and the manifests that reports kept.
-- SQL cannot delete them, so the caller does, and asks again until there are none.
create function public.registry_erased_objects(p_content jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with bundle as (
    select format('%s/%s/%s.tar.gz', p_content ->> 'kind', p_content ->> 'id', p_content ->> 'digest') as path
  ), wanted as (
    select path from bundle
    union all
    select format('preview-%s/%s', p.name, path) from public.registry_previews p cross join bundle
  )
  select coalesce(jsonb_agg(name order by name collate "C"), '[]')
  from (
    select o.name from storage.objects o join wanted w on w.path = o.name
    where o.bucket_id = 'registry'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
    union
    -- no report names them any more
    select o.name from storage.objects o
    where o.bucket_id = 'registry' and o.name like 'reports/%'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      and not exists (select from public.registry_validation_reports r where r.manifests = o.name)
  ) as objects
$$;

revoke all on function public.registry_erased_objects(jsonb) from public, anon, authenticated, service_role;
