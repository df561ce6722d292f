-- Writes in a preview: triggers on its views, and its own copies of the functions.

-- Makes the triggers that turn writes to a preview's views into the preview's own rows. The first revision of a
-- definition in the preview forks it: its head is copied, and production no longer changes it there. Production does
-- not wait, so a definition may change between two statements of a commit; the trigger sees that by the version and
-- refuses the commit.
create function public.registry_preview_make_triggers(p_schema text, p_prefix text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_view record;
  v_joins text;
  v_columns text;
  v_values text;
begin
  select string_agg(format('left join public.%1$I on %1$I.kind = p.kind and %1$I.id = p.id', c.relname), ' ')
    into v_joins
    from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'public.registry_heads'::regclass;
  select string_agg(quote_ident(own.attname), ', ' order by own.attnum),
      string_agg(case own.attname
        when 'base_version' then 'p.latest_version'
        when 'commit_rank' then '0'
        else coalesce((
          select format('%I.%I', c.relname, a.attname)
          from pg_inherits i
          join pg_class c on c.oid = i.inhrelid
          join pg_attribute a on a.attrelid = c.oid and a.attname = own.attname and a.attislocal
        ), format('p.%I', own.attname))
      end, ', ' order by own.attnum)
    into v_columns, v_values
    from pg_attribute own
    where own.attrelid = format('%I.own_heads', p_schema)::regclass and own.attnum > 0 and own.attgenerated = '';
  execute format($sql$
    create function %1$I.fork(p_kind text, p_id text) returns void language plpgsql set search_path = '' as $f$
    begin
      insert into %1$I.own_heads (%2$s)
      select %3$s from public.registry_heads p %4$s where p.kind = p_kind and p.id = p_id;
    end $f$
    $sql$, p_schema, v_columns, v_values, v_joins);
  execute format($sql$
    create function %1$I.own_revision() returns trigger language plpgsql set search_path = '' as $f$
    declare
      v_latest integer := (select latest_version from %1$I.own_heads where kind = new.kind and id = new.id);
    begin
      if v_latest is null then
        perform %1$I.fork(new.kind, new.id);
        v_latest := (select latest_version from %1$I.own_heads where kind = new.kind and id = new.id);
      end if;
      if coalesce(v_latest, 0) <> new.version - 1 then
        perform public.registry_refuse(409, 'CONFLICT',
          format('%%s/%%s was changed in production during this publish', new.kind, new.id), 'publish again');
      end if;
      if not starts_with(new.bundle_path, %2$L)
        and not exists (select from public.registry_revisions where bundle_path = new.bundle_path)
      then
        perform public.registry_refuse(422, 'REFUSED',
          format('the bundle of %%s/%%s is neither in %%s nor in production', new.kind, new.id, %2$L),
          format('upload the bundle to %%s', %2$L),
          jsonb_build_object('rule', 'NOFX_PREVIEW_BUNDLE', 'path', new.bundle_path));
      end if;
      new.commit_rank := 0;
      insert into %1$I.own_revisions values (new.*);
      return new;
    end $f$
    $sql$, p_schema, p_prefix);
  execute format('create trigger own_revision instead of insert on %1$I.registry_revisions
    for each row execute function %1$I.own_revision()', p_schema);
  for v_view in
    select c.relname as name, string_agg(quote_ident(a.attname), ', ' order by a.attnum) as columns,
      string_agg(case a.attname when 'commit_rank' then '0' else format('new.%I', a.attname) end, ', '
        order by a.attnum) as values
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    where c.oid = 'public.registry_heads'::regclass
      or c.oid in (select inhrelid from pg_inherits where inhparent = 'public.registry_heads'::regclass)
    group by c.oid
  loop
    execute format($sql$
      create function %1$I.%2$I() returns trigger language plpgsql set search_path = '' as $f$
      begin
        if tg_op = 'INSERT' then
          insert into %1$I.own_heads (%3$s, base_version) values (%4$s, 0);
        else
          if not exists (select from %1$I.own_heads where kind = old.kind and id = old.id) then
            perform %1$I.fork(old.kind, old.id);
          end if;
          update %1$I.own_heads set (%3$s) = row(%4$s) where kind = old.kind and id = old.id;
        end if;
        return new;
      end $f$
      $sql$, p_schema, 'own_' || v_view.name, v_view.columns, v_view.values);
    execute format('create trigger own_head instead of insert or update on %1$I.%2$I
      for each row execute function %1$I.%3$I()', p_schema, v_view.name, 'own_' || v_view.name);
  end loop;
end
$$;
revoke all on function public.registry_preview_make_triggers(text, text) from public, anon, authenticated, service_role;

-- Makes a preview's copies of the functions: the same texts, with its tables, views and functions instead of
-- production's. Joins that look up rows by key in production are hash joins here, because a join cannot look up rows of
-- a view by key; and an advisory lock on a key is the preview's own.
create function public.registry_preview_make_functions(p_schema text)
returns void
language plpgsql
set search_path = ''
-- a function may call functions that are made after it
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
    -- a lookahead takes a quarter of the time of matching the names
    v_text := regexp_replace(v_text, '\mpublic\.(?=(' || v_names || ')\M)', p_schema || '.', 'g');
    v_text := regexp_replace(v_text, '\n SET enable_(seqscan|mergejoin) TO [^\n]+', '', 'g');
    v_text := replace(v_text, ' SET enable_hashjoin TO ', ' SET enable_nestloop TO ');
    -- A branch may publish a declared version many times: only in production does a declared version name one content
    -- for ever.
    if v_name = 'registry_check_published' then
      v_text := replace(v_text, p_schema || '.registry_revisions p', 'public.registry_revisions p');
    end if;
    execute replace(v_text, 'hashtextextended(', format('hashtextextended(%L || ', p_schema || ' '));
  end loop;
end
$$;
revoke all on function public.registry_preview_make_functions(text) from public, anon, authenticated, service_role;
