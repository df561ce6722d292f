-- Reads and writes in a preview: the list of previews, differences, calls, and the rows of its tables for PostgREST.

-- All previews, each with the number of definitions that differ from production.
create function public.registry_preview_list()
returns jsonb
language plpgsql
security definer
set search_path = ''
-- the planner estimates far too many rows for the views
set jit = off
as $$
declare
  v_row public.registry_previews;
  v_schema text;
  v_list jsonb := '[]'::jsonb;
begin
  for v_row in select * from public.registry_previews order by name collate "C" loop
    v_schema := public.registry_preview_schema(v_row.name);
    perform pg_advisory_xact_lock_shared(hashtextextended(v_schema, 6));
    -- the preview may have been taken down while this call waited
    if to_regnamespace(v_schema) is not null then
      v_list := v_list || (public.registry_preview_json(v_row)
        || jsonb_build_object('changes', jsonb_array_length(public.registry_preview_compare(v_schema))));
    end if;
  end loop;
  return v_list;
end
$$;
revoke all on function public.registry_preview_list() from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_list() to service_role;

-- The changes that a merge of a preview's branch would make, if production does not change.
create function public.registry_preview_changes(p_env text)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- the planner estimates far too many rows for the views
set jit = off
as $$
begin
  return public.registry_preview_compare(public.registry_preview_enter(p_env));
end
$$;
revoke all on function public.registry_preview_changes(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_changes(text) to service_role;

-- The definitions of a preview whose newest or live revision differs from production's. A tombstone of a definition
-- that production does not have is not a difference.
create function public.registry_preview_compare(p_schema text)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_changes jsonb;
begin
  execute format($sql$
    select coalesce(jsonb_agg(jsonb_build_object(
        'kind', kind, 'id', id, 'preview', own.face, 'production', production.face)
      order by kind collate "C", id collate "C"), '[]')
    from (select o.kind, o.id, %2$s from %1$I.own_heads o) as own
    left join lateral (
      select %2$s from public.registry_heads o where o.kind = own.kind and o.id = own.id
    ) as production on true
    where own.what is distinct from production.what
      and not (own.what = '["removed"]' and production.what is null)
    $sql$, p_schema, $face$
      jsonb_build_object('version', o.latest_version, 'digest', o.latest_digest,
        'state', case when o.draft_version is null then o.state else 'draft' end) as face,
      case when o.state = 'removed' and o.draft_version is null then '["removed"]'::jsonb
        else jsonb_build_array(o.state, o.latest_digest, o.draft_version is null,
          case when o.version is not null then o.digest end) end as what
    $face$) into v_changes;
  return v_changes;
end
$$;
revoke all on function public.registry_preview_compare(text) from public, anon, authenticated, service_role;

-- Calls a reading function in a preview, for publishers.
create function public.registry_preview_read(p_env text, p_function text, p_args jsonb)
returns jsonb
language sql
security definer
set search_path = ''
-- the planner estimates far too many rows for the views
set jit = off
as $$
  select public.registry_preview_call(p_env, 'read', p_function, p_args)
$$;
revoke all on function public.registry_preview_read(text, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_read(text, text, jsonb) to authenticated, service_role;

-- Calls a writing function in a preview: the preview's own copy, which writes the preview's own tables.
create function public.registry_preview_write(p_env text, p_function text, p_args jsonb)
returns jsonb
language sql
security definer
set search_path = ''
-- the planner estimates far too many rows for the views
set jit = off
as $$
  select public.registry_preview_call(p_env, 'write', p_function, p_args)
$$;
revoke all on function public.registry_preview_write(text, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_write(text, text, jsonb) to service_role;

-- Calls a function of a preview. The statement contains only function names that registry_preview_entries lists; names
-- and types of the arguments come from the function itself.
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
      format('a preview has no %s function %s', p_mode, left(p_function, 60)),
      'call a function that registry_preview_entries lists', jsonb_build_object('preview', p_env));
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

-- Makes preview_<table>(p_env, p_kind, p_id) for each table: the rows of the table in a preview, which PostgREST
-- filters, orders and selects from like the table. Kind and id are an early filter.
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
    format('recreate the preview: nofx preview up %%s', p_env), jsonb_build_object('preview', p_env));
end
$$;
revoke all on function public.preview_%1$s(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.preview_%1$s(text, text, text) to authenticated, service_role;
$sql$, v_table.name, v_table.filter);
  end loop;
end
$do$;
