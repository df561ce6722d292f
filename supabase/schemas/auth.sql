-- Callers: publishers, their tokens, and the repositories of CI jobs.

-- Whether the caller may see drafts: a signed-in user whose token has the role of publisher. The function works without
-- the auth schema.
create function public.registry_is_publisher()
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce(
    nullif(current_setting('request.jwt.claims', true), '')::jsonb
      -> 'app_metadata' ->> 'nofx_role' = 'publisher',
    false)
$$;
revoke all on function public.registry_is_publisher() from public, anon, authenticated, service_role;
grant execute on function public.registry_is_publisher() to anon, authenticated, service_role;

-- Whether a user may publish now, even when the role in the token is an hour old: the user exists, has the role, is not
-- banned or deleted, and the session of the token was not ended. Columns of Auth differ between releases, so rows are
-- read as JSON. Every token of Auth has a session. A token that the owner of the registry signed has no session, and
-- its subject is not a user of Auth: it is accepted. A database without Auth has no users, so every token is accepted.
create function public.registry_user_publishes(p_user text, p_session text default null)
returns boolean
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_uuid constant text := '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$';
  v_user jsonb;
begin
  if p_user !~* v_uuid or to_regclass('auth.users') is null then
    return true;
  end if;
  select to_jsonb(u) into v_user from auth.users u where u.id = p_user::uuid;
  if v_user is null then
    return p_session is null;
  end if;
  if v_user -> 'raw_app_meta_data' ->> 'nofx_role' is distinct from 'publisher'
    or v_user ->> 'deleted_at' is not null
    or coalesce((v_user ->> 'banned_until')::timestamptz > clock_timestamp(), false)
  then
    return false;
  end if;
  if p_session is null or p_session !~* v_uuid or to_regclass('auth.sessions') is null then
    return true;
  end if;
  return exists (select from auth.sessions s where s.id = p_session::uuid and s.user_id = p_user::uuid);
end
$$;
revoke all on function public.registry_user_publishes(text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_user_publishes(text, text) to service_role;

-- Identity tokens that were used, each with the one idempotency key that it is valid for. Rows are deleted an hour
-- after the token expires.
create table public.registry_used_tokens (
  issuer text not null,
  -- the token's id (claim "jti"), which is not a secret
  token text not null,
  key text not null,
  expires_at timestamptz not null,
  primary key (issuer, token)
);
alter table public.registry_used_tokens enable row level security;
revoke all on public.registry_used_tokens from public, anon, authenticated, service_role;
grant select on public.registry_used_tokens to service_role;

-- Binds an identity token to the first idempotency key that it is used with. One publish makes several calls with one
-- key; a second publish has another key.
create function public.registry_claim_token(p_issuer text, p_token text, p_key text, p_expires_at timestamptz)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_key text;
begin
  -- An hour after its expiry a token is invalid by every clock. Rows that another call is deleting are skipped.
  delete from public.registry_used_tokens where (issuer, token) in (
    select issuer, token from public.registry_used_tokens
    where expires_at < now() - interval '1 hour' for update skip locked);
  -- the second of two concurrent calls waits here for the first
  insert into public.registry_used_tokens (issuer, token, key, expires_at)
    values (p_issuer, p_token, p_key, p_expires_at)
    on conflict (issuer, token) do nothing;
  select key into strict v_key from public.registry_used_tokens where issuer = p_issuer and token = p_token;
  if v_key <> p_key then
    perform public.registry_refuse(401, 'REMOTE_DENIED', 'the identity token was used for another publish',
      'request a new token: a token is valid for one idempotency key');
  end if;
end
$$;
revoke all on function public.registry_claim_token(text, text, text, timestamptz)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_claim_token(text, text, text, timestamptz) to service_role;

-- The ids of each repository and of its owner, from the first accepted token with the repository's name. Another owner
-- can take over a name, but not the platform's ids. The owner of the registry deletes a row to accept new ids.
create table public.registry_known_repositories (
  issuer text not null,
  repository text not null,
  repository_id text not null,
  owner_id text not null,
  first_used_at timestamptz not null,
  primary key (issuer, repository)
);
alter table public.registry_known_repositories enable row level security;
revoke all on public.registry_known_repositories from public, anon, authenticated, service_role;
grant select on public.registry_known_repositories to service_role;

-- The ids from the first token of a repository; stores the given ids when this token is the first. A token without both
-- ids does not count as the first.
create function public.registry_pin_repository(
  p_issuer text, p_repository text, p_repository_id text, p_owner_id text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  if p_repository_id is not null and p_owner_id is not null then
    -- the second of two concurrent first tokens waits here for the first
    insert into public.registry_known_repositories (issuer, repository, repository_id, owner_id, first_used_at)
      values (p_issuer, p_repository, p_repository_id, p_owner_id, clock_timestamp())
      on conflict (issuer, repository) do nothing;
  end if;
  return coalesce((
    select jsonb_build_object('repositoryId', repository_id, 'ownerId', owner_id)
    from public.registry_known_repositories where issuer = p_issuer and repository = p_repository), '{}');
end
$$;
revoke all on function public.registry_pin_repository(text, text, text, text)
  from public, anon, authenticated, service_role;
grant execute on function public.registry_pin_repository(text, text, text, text) to service_role;
