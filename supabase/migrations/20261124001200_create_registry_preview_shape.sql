-- A hash of all that a preview is made from: after a migration it is another one.
create function public.registry_preview_shape()
returns text
language sql
stable
set search_path = ''
as $$
  select md5(string_agg(part, '|' order by part))
  from (
    select pg_get_functiondef(f.oid) from public.registry_preview_functions() as f(oid)
    union all
    select pg_get_functiondef(p.oid) from pg_proc p
    where p.pronamespace = 'public'::regnamespace and p.proname like 'registry\_preview\_make%'
    union all
    select format('%s.%s %s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod))
    from public.registry_preview_tables() as t(oid)
    join pg_class c on c.oid = t.oid
    join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  ) as parts(part)
$$;

revoke all on function public.registry_preview_shape() from public, anon, authenticated, service_role;
