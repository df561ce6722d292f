-- Heads and revisions as a preview shows them: its own rows, and production's of whatever it never changed, up to the
-- version from which it did. Every rank is 0: branches are behind and get force-pushed, and nothing there is stale.
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
      -- which kinds a table of its own is for
      coalesce((select pg_get_expr(conbin, conrelid) from pg_constraint
        where conrelid = c.oid and contype = 'c' and conislocal and coninhcount = 0
          and exists (select from pg_inherits where inhrelid = c.oid)), 'true') as mine,
      string_agg(case
        when a.attname = 'commit_rank' then '0 as commit_rank'
        when a.attgenerated <> '' then format('%s as %I', pg_get_expr(d.adbin, d.adrelid), a.attname)
        else quote_ident(a.attname)
      end, ', ' order by a.attnum) as columns,
      -- an insert into a view knows no defaults of the table
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
end
$$;

revoke all on function public.registry_preview_make_views(text) from public, anon, authenticated, service_role;
