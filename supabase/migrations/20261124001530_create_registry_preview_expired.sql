-- The previews that a sweeper takes down: those whose time is over, those that somebody began to take down, and those
-- of which only bundles are left. A bundle of production has one folder less, whatever its kind is called.
create function public.registry_preview_expired()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(name order by name collate "C"), '[]')
  from (
    select name from public.registry_previews where state = 'closing' or expires_at <= now()
    union
    select left_over[1]
    from storage.objects o
    cross join lateral regexp_match(
      o.name, '^preview-([a-z0-9]|[a-z0-9][a-z0-9-]{0,38}[a-z0-9])/[^/]+/[^/]+/[^/]+$') as left_over
    where o.bucket_id = 'registry' and o.name like 'preview-%'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      and left_over is not null
      and not exists (select from public.registry_previews p where p.name = left_over[1])
  ) as names
$$;

revoke all on function public.registry_preview_expired() from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_expired() to service_role;
