-- Makes a preview, or lets the one of the same origin live longer. One that was made before a migration is made anew,
-- and empty: what its branch publishes next is all that was in it.
create function public.registry_preview_up(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_name text := p_request ->> 'name';
  v_schema text := public.registry_preview_schema(v_name);
  v_count integer;
  v_most integer;
  v_hours integer;
  v_row public.registry_previews;
  v_created boolean;
begin
  if coalesce(p_request ->> 'origin', '') = '' or coalesce(p_request ->> 'actor', '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the request does not say whose preview it is',
      'send "origin" and "actor"');
  end if;
  select coalesce(p.preview_count, 50), 24 * coalesce(p.preview_days, 30) into v_count, v_most
    from (values ('*')) as everything(kind) left join public.registry_policies p on p.kind = everything.kind;
  v_hours := case
    when p_request ->> 'ttlHours' is null then least(168, v_most)
    when p_request ->> 'ttlHours' ~ '^[0-9]{1,5}$' then (p_request ->> 'ttlHours')::integer
    else 0
  end;
  if v_hours not between 1 and v_most then
    perform public.registry_refuse(422, 'REFUSED',
      format('a preview cannot live for %s hours', left(p_request ->> 'ttlHours', 20)),
      format('give it 1 to %s hours', v_most), jsonb_build_object('rule', 'NOFX_PREVIEW_TTL', 'limit', v_most));
  end if;
  -- waits for whoever is inside
  perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
  select * into v_row from public.registry_previews where name = v_name;
  if v_row.origin <> p_request ->> 'origin' then
    perform public.registry_refuse(409, 'CONFLICT',
      format('the preview %s is of %s', v_name, v_row.origin), 'use another name, or take that one down',
      jsonb_build_object('preview', v_name, 'origin', v_row.origin));
  end if;
  if v_row.state = 'closing' then
    perform public.registry_refuse(409, 'CONFLICT', format('the preview %s is being taken down', v_name),
      format('nofx preview down %s ends that', v_name),
      jsonb_build_object('preview', v_name, 'origin', v_row.origin));
  end if;
  if v_row.name is null then
    -- makers wait for each other here, so that two do not take the last place
    perform pg_advisory_xact_lock(hashtextextended('previews', 6));
    if (select count(*) from public.registry_previews) >= v_count then
      perform public.registry_refuse(422, 'REFUSED',
        format('there are as many previews as this registry allows: %s', v_count),
        'take one down: nofx preview list shows them',
        jsonb_build_object('rule', 'NOFX_PREVIEW_QUOTA', 'limit', v_count));
    end if;
    perform public.registry_preview_check_share(p_request ->> 'holder', p_request ->> 'repository', v_count);
  end if;
  v_created := public.registry_preview_shape()
    is distinct from obj_description(to_regnamespace(v_schema), 'pg_namespace');
  if v_created then
    perform public.registry_preview_make(v_schema, format('preview-%s/', v_name));
  end if;
  insert into public.registry_previews as p (name, origin, actor, commit_sha, created_at, updated_at, expires_at)
  values (v_name, p_request ->> 'origin', p_request ->> 'actor', p_request ->> 'commit', clock_timestamp(),
    clock_timestamp(), clock_timestamp() + make_interval(hours => v_hours))
  on conflict (name) do update set
    actor = excluded.actor, commit_sha = excluded.commit_sha, updated_at = excluded.updated_at,
    expires_at = greatest(p.expires_at, excluded.expires_at)
  returning * into v_row;
  return public.registry_preview_json(v_row) || jsonb_build_object('created', v_created);
end
$$;

revoke all on function public.registry_preview_up(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_up(jsonb) to service_role;
