-- Calls one of the functions of a preview. Only names that stand in registry_preview_entries get into the statement;
-- the arguments' names and types are the function's own.
create function public.registry_preview_call(p_env text, p_mode text, p_function text, p_args jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_schema text := public.registry_preview_enter(p_env);
  v_values text;
  v_columns text;
  v_result jsonb;
begin
  if (public.registry_preview_entries() -> p_mode ? p_function) is not true then
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('a preview has no function %s to %s', left(p_function, 60), p_mode),
      'call what registry_preview_entries lists', jsonb_build_object('preview', p_env));
  end if;
  select string_agg(format('%1$I => a.%1$I', a.name), ', '),
      string_agg(format('%I %s', a.name, format_type(a.type, null)), ', ')
    into v_values, v_columns
    from pg_proc p
    cross join lateral unnest(p.proargnames, p.proargtypes::oid[]) as a(name, type)
    where p.pronamespace = v_schema::regnamespace and p.proname = p_function and p_args ? a.name;
  execute format('select to_jsonb(%I.%I(%s)) %s', v_schema, p_function, v_values,
    'from jsonb_to_record($1) as a(' || v_columns || ')') into v_result using p_args;
  return v_result;
end
$$;

revoke all on function public.registry_preview_call(text, text, text, jsonb)
  from public, anon, authenticated, service_role;
