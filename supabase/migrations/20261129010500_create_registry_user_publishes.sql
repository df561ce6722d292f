-- Whether a user may still publish, whatever a token of an hour ago says: the user exists, has the role, is not banned
-- or deleted, and the session of the token was not ended. Auth's columns differ between releases, so rows are read as
-- JSON. A token that the owner of the registry signed has a subject that Auth does not know, and no session, which every
-- token of Auth has; nor is there any user in a database without Auth.
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
