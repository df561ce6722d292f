-- A preview's own rows. What overlays production has its rows in own_heads, for all kinds, and own_revisions.
create function public.registry_preview_make_tables(p_schema text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_table record;
  v_trigger record;
  v_own text;
  -- Greater than any number that an earlier preview of this name gave out, so that whoever followed that one is told to
  -- read everything again; whole in JavaScript until 2255.
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
  -- base_version: production's newest version when the definition became the preview's own; 0 when it had none
  -- Not all indexes of the heads: of two that begin alike the planner takes the wrong one while it has no statistics.
  execute format('create table %1$I.own_heads (
      like public.registry_heads including defaults, base_version integer not null, primary key (kind, id));
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
