-- Reads of a CI job that may write previews and nothing else.

-- The heads of some kinds for a CI job that may write previews and nothing else: the columns that a plan compares for all
-- heads, and metadata, references and holds for the heads alone that every reader sees.
create function public.registry_plan_heads_json(p_kinds jsonb)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(
      case when head ->> 'state' in ('active', 'deprecated') and head -> 'version' <> 'null' then head
        else head || jsonb_build_object('hold', jsonb_build_array(), 'references', jsonb_build_array(),
          'metadata', jsonb_build_object('name', head ->> 'id', 'summary', '',
            'status', case head ->> 'state' when 'removed' then 'disabled' else head ->> 'state' end,
            'tags', jsonb_build_array(), 'provides', jsonb_build_array(), 'facts', jsonb_build_object()))
      end order by place), '[]')
  from jsonb_array_elements(public.registry_heads_json(p_kinds)::jsonb) with ordinality as heads(head, place)
$$;
revoke all on function public.registry_plan_heads_json(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_plan_heads_json(jsonb) to service_role;

-- Makes plan_registry_heads and plan_registry_revisions: the rows for a CI job that may write previews and nothing
-- else, which PostgREST filters like the tables. They are the rows that every reader sees and, in a preview, its own
-- rows. Actor and reason of a publish to production are left out.
do $do$
declare
  v_table record;
begin
  for v_table in
    select c.relname as name,
      string_agg(case a.attname
        when 'actor' then $$case when %1$s then r.actor else 'a publisher' end$$
        when 'reason' then 'case when %1$s then r.reason end'
        when 'commit_ref' then 'case when %1$s then r.commit_ref end'
        else format('r.%I', a.attname)
      end, ', ' order by a.attnum) as columns,
      case c.relname when 'registry_heads' then 'own_heads' else 'own_revisions' end as own,
      case c.relname when 'registry_heads' then '' else 'and o.version = r.version' end as same,
      case c.relname when 'registry_heads' then '' else 'and r.version <= h.version' end as shown
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.oid in ('public.registry_heads'::regclass, 'public.registry_revisions'::regclass)
    group by c.relname
  loop
    execute format($sql$ create function public.plan_%1$s(
  p_env text default null, p_kind text default null, p_id text default null)
returns setof public.%1$s
language plpgsql
security definer
set search_path = ''
set jit = off
as $f$
declare
  v_schema text := case when p_env is null then 'public' else public.registry_preview_enter(p_env) end;
  v_own text := case when p_env is null then 'false' else format(
    'exists (select from %%I.%2$s o where o.kind = r.kind and o.id = r.id %3$s)', v_schema) end;
begin
  return query execute format(
    'select ' || %5$L || ' from %%2$I.%1$s r where ($1 is null or r.kind = $1) and ($2 is null or r.id = $2)
      and (%%1$s or (r.state in (''active'', ''deprecated'') and exists (
        select from public.registry_heads h
        where h.kind = r.kind and h.id = r.id and h.state in (''active'', ''deprecated'') and h.version is not null
          %4$s)))',
    v_own, v_schema) using p_kind, p_id;
exception when datatype_mismatch then
  perform public.registry_refuse(409, 'CONFLICT', format('the preview %%s was made before a migration', p_env),
    format('recreate the preview: nofx preview up %%s', p_env), jsonb_build_object('preview', p_env));
end
$f$;
revoke all on function public.plan_%1$s(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.plan_%1$s(text, text, text) to service_role;
$sql$, v_table.name, v_table.own, v_table.same, v_table.shown, v_table.columns);
  end loop;
end
$do$;
