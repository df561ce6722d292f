-- The rows of a preview, as functions that PostgREST filters, orders and selects from like the tables that they stand
-- for: preview_<table>(p_env, p_kind, p_id). Kind and id only spare reading what is not wanted.
do $do$
declare
  v_table record;
begin
  for v_table in
    select c.relname as name, string_agg(format(' and ($%1$s is null or %2$I = $%1$s)', wanted.place, wanted.name), '' order by wanted.place)
        filter (where wanted.place is not null) as filter
    from pg_class c
    left join pg_attribute a on a.attrelid = c.oid and a.attname in ('kind', 'id') and not a.attisdropped
    left join (values ('kind', 1), ('id', 2)) as wanted(name, place) on wanted.name = a.attname
    where c.relnamespace = 'public'::regnamespace and c.relname in (
      'registry_heads', 'agent_registry', 'template_registry', 'registry_revisions', 'registry_releases',
      'registry_counter', 'registry_events', 'registry_validation_reports', 'template_instantiations')
    group by c.relname
  loop
    execute format($sql$ create function public.preview_%1$s(
  p_env text, p_kind text default null, p_id text default null)
returns setof public.%1$s
language plpgsql
security definer
set search_path = ''
set jit = off
as $$
declare
  v_schema text := public.registry_preview_enter(p_env);
begin
  return query execute format('select * from %%I.%1$s where true%2$s', v_schema) using p_kind, p_id;
exception when datatype_mismatch then
  perform public.registry_refuse(409, 'CONFLICT', format('the preview %%s was made before a migration', p_env),
    format('nofx preview up %%s makes it anew', p_env), jsonb_build_object('preview', p_env));
end
$$;
revoke all on function public.preview_%1$s(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.preview_%1$s(text, text, text) to authenticated, service_role;
$sql$, v_table.name, v_table.filter);
  end loop;
end
$do$;
