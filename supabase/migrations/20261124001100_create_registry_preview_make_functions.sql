-- A preview's copies of the functions: the same texts, with its tables, views and functions instead of production's.
-- What finds rows by key in production hashes them here, since no join reaches into a view by key; and a lock on a key
-- is not production's lock.
create function public.registry_preview_make_functions(p_schema text)
returns void
language plpgsql
set search_path = ''
-- a text may name what is made after it
set check_function_bodies = off
as $$
declare
  v_names text;
  v_name text;
  v_text text;
begin
  select string_agg(distinct name, '|') into v_names
    from (
      select p.proname from public.registry_preview_functions() as f(oid) join pg_proc p on p.oid = f.oid
      union
      select c.relname from pg_class c where c.relnamespace = p_schema::regnamespace and c.relkind in ('r', 'v')
    ) as scoped(name);
  for v_name, v_text in
    select p.proname, pg_get_functiondef(p.oid)
    from public.registry_preview_functions() as f(oid) join pg_proc p on p.oid = f.oid
  loop
    -- looking ahead costs a quarter of matching the names
    v_text := regexp_replace(v_text, '\mpublic\.(?=(' || v_names || ')\M)', p_schema || '.', 'g');
    v_text := regexp_replace(v_text, '\n SET enable_(seqscan|mergejoin) TO [^\n]+', '', 'g');
    v_text := replace(v_text, ' SET enable_hashjoin TO ', ' SET enable_nestloop TO ');
    -- a branch tries one declared version until it is good: only production's name their content for ever
    if v_name = 'registry_check_published' then
      v_text := replace(v_text, p_schema || '.registry_revisions p', 'public.registry_revisions p');
    end if;
    execute replace(v_text, 'hashtextextended(', format('hashtextextended(%L || ', p_schema || ' '));
  end loop;
end
$$;

revoke all on function public.registry_preview_make_functions(text) from public, anon, authenticated, service_role;
