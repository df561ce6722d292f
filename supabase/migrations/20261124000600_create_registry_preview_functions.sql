-- The functions that a preview has a copy of: its entries and whatever these call, found in their texts. Those that
-- know no table of the registry, or ask the caller's token, are everybody's.
create function public.registry_preview_functions()
returns setof oid
language sql
stable
set search_path = ''
as $$
  with recursive used (oid) as (
    select p.oid from pg_proc p
    where p.pronamespace = 'public'::regnamespace
      and exists (select from jsonb_each(public.registry_preview_entries()) as e where e.value ? p.proname)
    union
    select p.oid
    from used u
    join pg_proc caller on caller.oid = u.oid
    cross join lateral regexp_matches(caller.prosrc, '\mpublic\.(\w+)\(', 'g') as called
    join pg_proc p on p.pronamespace = 'public'::regnamespace and p.proname = called[1]
    where p.proname not in (
      'registry_is_publisher', 'registry_refuse', 'registry_version_allowed', 'registry_version_key')
  )
  select oid from used
$$;

revoke all on function public.registry_preview_functions() from public, anon, authenticated, service_role;
