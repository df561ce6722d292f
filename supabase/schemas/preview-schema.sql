-- The schema of a preview: its functions, tables and views. They are made from the catalog (pg_proc), because the
-- alternative is a second copy of forty functions. A comment inside the body of a function is part of its text, so a
-- name in it can add an object to the preview.

-- Makes the schema of a preview again, without own rows over production, and without rights for the roles of the API.
-- One schema is made or dropped at a time, because production shares the memory for locks.
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

-- The schema name of a preview; refuses an invalid preview name. Two previews never share a schema, because a preview
-- name has no `_`.
create function public.registry_preview_schema(p_name text)
returns text
language plpgsql
set search_path = ''
as $$
begin
  if (p_name collate "C" ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$') is not true then
    perform public.registry_refuse(422, 'REFUSED', format('"%s" is not a valid preview name', left(p_name, 60)),
      'use up to 40 lower-case letters, digits and "-" between them, such as pr-123',
      '{"rule": "NOFX_PREVIEW_NAME"}');
  end if;
  return 'preview_' || replace(p_name, '-', '_');
end
$$;
revoke all on function public.registry_preview_schema(text) from public, anon, authenticated, service_role;

-- The functions that registry_preview_read and registry_preview_write can call in a preview. The functions that these
-- call, and the tables that they write, are the preview's own too.
create function public.registry_preview_entries()
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'read', jsonb_build_array('registry_list', 'registry_counts', 'registry_heads_json', 'registry_heads_apart',
      'registry_events_since',
      'registry_causes', 'registry_find_releases', 'registry_dependents',
      'registry_stored_bundles', 'registry_live_at', 'registry_plan_heads_json'),
    'write', jsonb_build_array('registry_stage', 'registry_commit', 'registry_rollback', 'registry_undelete',
      'registry_promote', 'registry_disable', 'registry_enable', 'registry_report', 'registry_instantiate', 'registry_stored_objects'))
$$;
revoke all on function public.registry_preview_entries() from public, anon, authenticated, service_role;

-- The functions that a preview has a copy of: its entries and all functions that these call, found in their texts. The
-- functions that read no table of the registry, or only the caller's token, are shared with production.
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

-- The tables that a preview has its own copy of: all tables that its functions write, so that none of the functions
-- writes a table of production.
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

-- A hash of everything that a preview is made from. A migration that changes any of it changes the hash, and the
-- preview is made again.
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

-- Makes the tables of a preview. The rows that overlay production are in own_heads, for all kinds, and in
-- own_revisions.
create function public.registry_preview_make_tables(p_schema text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_table record;
  v_trigger record;
  v_own text;
  -- Greater than every event number of an earlier preview of this name, so that a cursor of that preview is refused and
  -- its reader reads everything again; a safe integer in JavaScript until 2255.
  v_seq bigint := (extract(epoch from clock_timestamp()) * 1000000)::bigint;
begin
  for v_table in
    select c.oid, c.relname as name, case c.relpersistence when 'u' then 'unlogged' else '' end as kind
    from public.registry_preview_tables() as t(oid)
    join pg_class c on c.oid = t.oid
    where c.oid <> 'public.registry_heads'::regclass
      and not exists (select from pg_inherits where inhrelid = c.oid)
  loop
    v_own := case v_table.name when 'registry_revisions' then 'own_revisions' else v_table.name end;
    execute format('create %s table %I.%I (like public.%I including all)', v_table.kind, p_schema, v_own, v_table.name);
    for v_trigger in
      select tgname, pg_get_triggerdef(oid) as definition from pg_trigger
      where tgrelid = v_table.oid and starts_with(tgname, 'append_only')
    loop
      execute replace(v_trigger.definition, format(' ON public.%I ', v_table.name),
        format(' ON %I.%I ', p_schema, v_own));
    end loop;
  end loop;
  -- base_version: production's newest version when the definition was forked; 0 when production did not have it.
  -- Not all indexes of the heads: without statistics the planner takes the wrong one of two that begin with the same
  -- columns.
  execute format('create table %1$I.own_heads (
      like public.registry_heads including defaults including generated, base_version integer not null, primary key (kind, id));
    create index on %1$I.own_heads using gin (refs jsonb_path_ops) with (fastupdate = off)', p_schema);
  for v_table in
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type
    from pg_inherits i
    join pg_attribute a on a.attrelid = i.inhrelid and a.attnum > 0 and not a.attisdropped
    where i.inhparent = 'public.registry_heads'::regclass and a.attislocal and a.attgenerated = ''
    order by a.attrelid, a.attnum
  loop
    execute format('alter table %I.own_heads add column %I %s', p_schema, v_table.name, v_table.type);
  end loop;
  execute format('insert into %I.registry_counter (seq, floor) values (%s, %s)', p_schema, v_seq, v_seq);
  execute format('insert into %I.registry_kinds select * from public.registry_kinds', p_schema);
end
$$;
revoke all on function public.registry_preview_make_tables(text) from public, anon, authenticated, service_role;

-- Makes the views of heads and revisions of a preview: its own rows, the production rows of definitions that it never
-- changed, and the production revisions of a changed definition up to its base version. Every rank is 0: a branch may
-- be behind or force-pushed, so no publish in a preview is stale.
create function public.registry_preview_make_views(p_schema text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_view record;
begin
  for v_view in
    select c.relname as name, c.relname = 'registry_revisions' as revisions,
      -- the condition for the kinds of a table of its own
      coalesce((select pg_get_expr(conbin, conrelid) from pg_constraint
        where conrelid = c.oid and contype = 'c' and conislocal and coninhcount = 0
          and exists (select from pg_inherits where inhrelid = c.oid)), 'true') as mine,
      string_agg(case
        when a.attname = 'commit_rank' then '0 as commit_rank'
        when a.attgenerated <> '' then format('%s as %I', pg_get_expr(d.adbin, d.adrelid), a.attname)
        else quote_ident(a.attname)
      end, ', ' order by a.attnum) as columns,
      -- an insert into a view does not use the defaults of the table
      string_agg(format('alter column %I set default %s', a.attname, pg_get_expr(d.adbin, d.adrelid)), ', ')
        filter (where d.adbin is not null and a.attgenerated = '') as defaults
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.oid in ('public.registry_revisions'::regclass, 'public.registry_heads'::regclass)
      or c.oid in (select inhrelid from pg_inherits where inhparent = 'public.registry_heads'::regclass)
    group by c.oid
  loop
    execute format(
      'create view %1$I.%2$I as select %3$s from %1$I.%4$I where %5$s
       union all
       select %3$s from public.%2$I p where not exists (
         select from %1$I.own_heads o where o.kind = p.kind and o.id = p.id %6$s)',
      p_schema, v_view.name, v_view.columns, case when v_view.revisions then 'own_revisions' else 'own_heads' end,
      v_view.mine, case when v_view.revisions then 'and o.base_version < p.version' end);
    if v_view.defaults is not null then
      execute format('alter table %I.%I %s', p_schema, v_view.name, v_view.defaults);
    end if;
  end loop;
  execute format('create view %1$I.registry_head_counts as
    select kind, state, version is not null as live, count(*) as amount from %1$I.registry_heads group by 1, 2, 3',
    p_schema);
end
$$;
revoke all on function public.registry_preview_make_views(text) from public, anon, authenticated, service_role;
