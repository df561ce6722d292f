-- The tables that a preview has for itself: all that its functions write. So none of them writes production's.
create function public.registry_preview_tables()
returns setof oid
language sql
stable
set search_path = ''
as $$
  select distinct c.oid
  from public.registry_preview_functions() as f(oid)
  join pg_proc p on p.oid = f.oid
  cross join lateral regexp_matches(p.prosrc, '\m(?:insert\s+into|update|delete\s+from)\s+public\.(\w+)', 'g')
    as written
  join pg_class c on c.relnamespace = 'public'::regnamespace and c.relname = written[1]
$$;

revoke all on function public.registry_preview_tables() from public, anon, authenticated, service_role;
