-- The end of a preview: closed, its bundles listed, taken down.

-- Closes a preview before its bundles are deleted: waits for the calls in it and refuses new ones. With `p_expired`, as
-- the sweeper calls it, a preview that was extended meanwhile stays open.
create function public.registry_preview_close(p_name text, p_expired boolean default false)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_row public.registry_previews;
begin
  perform pg_advisory_xact_lock(hashtextextended(public.registry_preview_schema(p_name), 6));
  update public.registry_previews set state = 'closing', updated_at = clock_timestamp()
    where name = p_name and state = 'open' and (not p_expired or expires_at <= clock_timestamp());
  select * into v_row from public.registry_previews where name = p_name;
  return jsonb_build_object('name', p_name, 'closed', v_row.state is distinct from 'open');
end
$$;
revoke all on function public.registry_preview_close(text, boolean) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_close(text, boolean) to service_role;

-- The bundles of a preview. SQL cannot delete objects: the caller that takes the preview down deletes them.
create function public.registry_preview_objects(p_name text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
-- plans for this prefix, so that the index of the names is used
set plan_cache_mode = force_custom_plan
as $$
declare
  v_pattern text := format('preview-%s/%%', p_name);
begin
  -- refuses an invalid name; a valid name has no wildcards of LIKE
  perform public.registry_preview_schema(p_name);
  return (
    select coalesce(jsonb_agg(name order by name collate "C"), '[]')
    from storage.objects o
    where bucket_id = 'registry' and name like v_pattern
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)'));
end
$$;
revoke all on function public.registry_preview_objects(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_objects(text) to service_role;

-- Takes a preview down for good, after its bundles were deleted.
create function public.registry_preview_down(p_name text)
returns jsonb
language plpgsql
security definer
set search_path = ''
set client_min_messages = warning
as $$
declare
  v_schema text := public.registry_preview_schema(p_name);
  v_left integer;
  v_count integer;
begin
  perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
  v_left := jsonb_array_length(public.registry_preview_objects(p_name));
  if v_left > 0 then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s of the preview %s still in storage',
        case when v_left = 1 then '1 bundle' else v_left || ' bundles' end,
        p_name || case when v_left = 1 then ' is' else ' are' end),
      'take the preview down again: its bundles are deleted first',
      jsonb_build_object('preview', p_name, 'objects', v_left));
  end if;
  -- one schema is made or dropped at a time
  perform pg_advisory_xact_lock(hashtextextended('previews', 6));
  execute format('drop schema if exists %I cascade', v_schema);
  delete from public.registry_previews where name = p_name;
  get diagnostics v_count = row_count;
  return jsonb_build_object('name', p_name, 'removed', v_count > 0);
end
$$;
revoke all on function public.registry_preview_down(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_down(text) to service_role;

-- The previews that the sweeper takes down: expired ones, ones that are already closing, and ones of which only bundles
-- are left. The path of a production bundle has one folder less, for every kind.
create function public.registry_preview_expired()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(name order by name collate "C"), '[]')
  from (
    select name from public.registry_previews where state = 'closing' or expires_at <= now()
    union
    select left_over[1]
    from storage.objects o
    cross join lateral regexp_match(
      o.name, '^preview-([a-z0-9]|[a-z0-9][a-z0-9-]{0,38}[a-z0-9])/[^/]+/[^/]+/[^/]+$') as left_over
    where o.bucket_id = 'registry' and o.name like 'preview-%'
      and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      and left_over is not null
      and not exists (select from public.registry_previews p where p.name = left_over[1])
  ) as names
$$;
revoke all on function public.registry_preview_expired() from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_expired() to service_role;
