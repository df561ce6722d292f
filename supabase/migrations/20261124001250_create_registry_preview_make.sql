-- Makes the schema of a preview anew, empty over production, and closed to the roles of the API. One schema is made or
-- dropped at a time: production shares the memory for locks.
create function public.registry_preview_make(p_schema text, p_prefix text)
returns void
language plpgsql
set search_path = ''
set client_min_messages = warning
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('previews', 6));
  execute format('drop schema if exists %I cascade', p_schema);
  execute format('create schema %I', p_schema);
  perform public.registry_preview_make_tables(p_schema);
  perform public.registry_preview_make_views(p_schema);
  perform public.registry_preview_make_triggers(p_schema, p_prefix);
  perform public.registry_preview_make_functions(p_schema);
  execute format('revoke all on all tables in schema %1$I from public, anon, authenticated, service_role;
    revoke all on all functions in schema %1$I from public, anon, authenticated, service_role;
    revoke all on schema %1$I from public, anon, authenticated, service_role;
    comment on schema %1$I is %2$L', p_schema, public.registry_preview_shape());
end
$$;

revoke all on function public.registry_preview_make(text, text) from public, anon, authenticated, service_role;
