-- Previews: their origins, their life, and the check that every call in a preview begins with.

-- Preview environments. Each has a schema that overlays the registry, until the preview expires
-- (docs/decisions/017-previews.md).
create table public.registry_previews (
  name text primary key,
  -- such as owner/repo#refs/pull/123/merge: a job of another origin cannot take the preview over
  origin text not null,
  actor text not null,
  commit_sha text,
  -- closing: its bundles are being deleted, and reads and writes are refused
  state text not null default 'open' check (state in ('open', 'closing')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  expires_at timestamptz not null
);
alter table public.registry_previews enable row level security;
revoke all on public.registry_previews from public, anon, authenticated, service_role;
grant select on public.registry_previews to service_role;

-- Opens a preview for a call, and returns its schema: for publishers and secret keys, while the preview is open. The
-- call holds a shared lock that the end of the preview takes exclusively, so that no call finds half a schema. The lock
-- is advisory, because reads run in read-only transactions.
create function public.registry_preview_enter(p_env text)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_schema text;
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may read a preview',
      'sign in as a publisher, or use the secret key');
  end if;
  v_schema := public.registry_preview_schema(p_env);
  perform pg_advisory_xact_lock_shared(hashtextextended(v_schema, 6));
  -- a separate statement sees rows that were committed while this call waited
  if not exists (
    select from public.registry_previews where name = p_env and state = 'open' and expires_at > clock_timestamp())
  then
    perform public.registry_refuse(404, 'NOT_FOUND', format('the preview "%s" does not exist or has expired', p_env),
      'see: nofx preview list', jsonb_build_object('preview', p_env));
  end if;
  return v_schema;
end
$$;
revoke all on function public.registry_preview_enter(text) from public, anon, authenticated, service_role;

-- Makes a preview, or extends the preview of the same origin. A preview that was made before a migration is made again
-- without own rows: the next publish of its branch contains everything that was in it.
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
  v_now timestamptz;
begin
  if coalesce(p_request ->> 'origin', '') = '' or coalesce(p_request ->> 'actor', '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the request has no preview origin or no actor',
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
      format('choose 1 to %s hours', v_most), jsonb_build_object('rule', 'NOFX_PREVIEW_TTL', 'limit', v_most));
  end if;
  -- waits for the calls in the preview
  perform pg_advisory_xact_lock(hashtextextended(v_schema, 6));
  select * into v_row from public.registry_previews where name = v_name;
  if v_row.origin <> p_request ->> 'origin' then
    perform public.registry_refuse(409, 'CONFLICT',
      format('the preview %s belongs to %s', v_name, v_row.origin), 'use another preview name',
      jsonb_build_object('preview', v_name, 'origin', v_row.origin));
  end if;
  if v_row.state = 'closing' then
    perform public.registry_refuse(409, 'CONFLICT', format('the preview %s is being taken down', v_name),
      format('finish taking it down: nofx preview down %s', v_name),
      jsonb_build_object('preview', v_name, 'origin', v_row.origin));
  end if;
  if v_row.name is null then
    -- concurrent calls wait here for each other, so that two do not take the last place
    perform pg_advisory_xact_lock(hashtextextended('previews', 6));
    if (select count(*) from public.registry_previews) >= v_count then
      perform public.registry_refuse(422, 'REFUSED',
        format('the registry has reached its limit of previews: %s', v_count),
        'take a preview down; see: nofx preview list',
        jsonb_build_object('rule', 'NOFX_PREVIEW_QUOTA', 'limit', v_count));
    end if;
    perform public.registry_preview_check_share(p_request ->> 'holder', p_request ->> 'repository', v_count);
  end if;
  v_created := public.registry_preview_shape()
    is distinct from obj_description(to_regnamespace(v_schema), 'pg_namespace');
  if v_created then
    perform public.registry_preview_make(v_schema, format('preview-%s/', v_name));
  end if;
  v_now := clock_timestamp();
  insert into public.registry_previews as p (name, origin, actor, commit_sha, created_at, updated_at, expires_at)
  values (v_name, p_request ->> 'origin', p_request ->> 'actor', p_request ->> 'commit', v_now,
    v_now, v_now + make_interval(hours => v_hours))
  on conflict (name) do update set
    actor = excluded.actor, commit_sha = excluded.commit_sha, updated_at = excluded.updated_at,
    expires_at = greatest(p.expires_at, excluded.expires_at)
  returning * into v_row;
  return public.registry_preview_json(v_row) || jsonb_build_object('created', v_created);
end
$$;
revoke all on function public.registry_preview_up(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_up(jsonb) to service_role;

-- Refuses a preview beyond the share of its holder. Every repository whose CI may write previews has an equal share,
-- and publishers have a tenth, at most five, and the remainder: no holder can use up the previews of another. The
-- owner's secret key is bound by the total alone.
create function public.registry_preview_check_share(p_holder text, p_repository text, p_count integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_listed text[];
  v_share integer;
  v_taken integer;
begin
  if p_holder is null then
    return;
  end if;
  select coalesce(array_agg(distinct e.entry ->> 'repository'), '{}') into v_listed
    from public.registry_policies p
    cross join lateral jsonb_array_elements(p.identities) as e(entry)
    where e.entry -> 'previews' = 'true';
  v_share := greatest(1, (p_count - least(5, p_count / 10)) / greatest(1, cardinality(v_listed)));
  if p_holder = 'publisher' then
    v_share := greatest(1, p_count - v_share * cardinality(v_listed));
  end if;
  select count(*) into v_taken from public.registry_previews
    where case p_holder
      when 'publisher' then split_part(origin, '#', 1) <> all (v_listed)
      else split_part(origin, '#', 1) = p_repository
    end;
  if v_taken >= v_share then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s have reached their share of this registry''s previews: %s',
        case p_holder when 'publisher' then 'publishers' else 'jobs of ' || p_repository end, v_share),
      'take a preview down; see: nofx preview list',
      jsonb_build_object('rule', 'NOFX_PREVIEW_QUOTA', 'limit', v_share));
  end if;
end
$$;
revoke all on function public.registry_preview_check_share(text, text, integer)
  from public, anon, authenticated, service_role;

-- A preview as JSON, for the answers of the functions.
create function public.registry_preview_json(p_row public.registry_previews)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object(
    'name', p_row.name, 'origin', p_row.origin, 'actor', p_row.actor, 'commit', p_row.commit_sha, 'state', p_row.state,
    'createdAt', to_char(p_row.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'updatedAt', to_char(p_row.updated_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expiresAt', to_char(p_row.expires_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'expired', p_row.expires_at <= now())
$$;
revoke all on function public.registry_preview_json(public.registry_previews)
  from public, anon, authenticated, service_role;
