-- The way into a preview: for publishers and secret keys, while it is open. Whoever is inside shares a lock that is
-- the taker-down's alone, so that nobody finds half a schema. An advisory one, because reads run in read-only
-- transactions.
create function public.registry_preview_enter(p_env text)
returns text
language plpgsql
set search_path = ''
as $$
declare
  v_schema text;
begin
  if current_setting('role', true) in ('anon', 'authenticated') and not public.registry_is_publisher() then
    perform public.registry_refuse(403, 'REMOTE_DENIED', 'only publishers may look into a preview',
      'sign in as a publisher, or use the secret key');
  end if;
  v_schema := public.registry_preview_schema(p_env);
  perform pg_advisory_xact_lock_shared(hashtextextended(v_schema, 6));
  -- a statement of its own: it sees what was committed while this waited
  if not exists (
    select from public.registry_previews where name = p_env and state = 'open' and expires_at > clock_timestamp())
  then
    perform public.registry_refuse(404, 'NOT_FOUND', format('there is no preview "%s", or not any more', p_env),
      'see: nofx preview list', jsonb_build_object('preview', p_env));
  end if;
  return v_schema;
end
$$;

revoke all on function public.registry_preview_enter(text) from public, anon, authenticated, service_role;
