-- The parts of a hosted project that belong to Supabase: their state, and the schedule of the forwarder of events.

-- Sends due messages: calls the edge function, with the URL and the secret key that `registry_set_up` put into the
-- Vault. A webhook that is not disabled is the reason for a call. The schemas `net` and `vault` exist on Supabase alone.
create function public.registry_forward_events()
returns void
language plpgsql
security definer
set search_path = ''
as $$
begin
  if not exists (select from public.registry_webhooks where disabled_at is null) then
    return;
  end if;
  execute $call$
    select net.http_post(
      url := (select decrypted_secret from vault.decrypted_secrets where name = 'nofx_url')
        || '/functions/v1/registry_events_forward',
      headers := jsonb_build_object('content-type', 'application/json',
        'apikey', (select decrypted_secret from vault.decrypted_secrets where name = 'nofx_secret_key')),
      body := '{"action": "forward"}'::jsonb,
      timeout_milliseconds := 90000)
  $call$;
end
$$;
revoke all on function public.registry_forward_events() from public, anon, authenticated, service_role;

-- Sends due messages after a release, before the schedule would. The trigger is made by `registry_set_up`.
create function public.registry_forward_at_once()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform public.registry_forward_events();
  return null;
exception when others then
  -- a failed call must not fail the release; the schedule calls again
  return null;
end
$$;
revoke all on function public.registry_forward_at_once() from public, anon, authenticated, service_role;

-- Stores a secret in the Vault, or replaces it.
create function public.registry_keep_secret(p_name text, p_value text)
returns void
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id uuid;
begin
  execute 'select id from vault.secrets where name = $1' into v_id using p_name;
  if v_id is null then
    execute 'select vault.create_secret($1, $2)' using p_value, p_name;
  else
    execute 'select vault.update_secret($1, $2)' using v_id, p_value;
  end if;
end
$$;
revoke all on function public.registry_keep_secret(text, text) from public, anon, authenticated, service_role;

-- Makes the parts that need no extension, also where the migrations made them and they are gone: the private bucket, and
-- the policy of the private channel if Realtime was started after the migrations. A function of its own, because a
-- project without the Vault gets them too. Answers `registry_setup_state`.
create function public.registry_set_up_parts()
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  insert into storage.buckets (id, name, public, allowed_mime_types)
  values ('registry', 'registry', false, array['application/gzip'])
  on conflict (id) do update set public = false, allowed_mime_types = excluded.allowed_mime_types;
  perform public.registry_allow_listening();
  return public.registry_setup_state();
end
$$;
revoke all on function public.registry_set_up_parts() from public, anon, authenticated, service_role;
grant execute on function public.registry_set_up_parts() to service_role;

-- Makes what a project needs besides the migrations: the parts above, the extensions pg_cron and pg_net, the secrets of
-- the forwarder in the Vault, its schedule, and the trigger that calls it after a release. May be called again: after a
-- rotation it stores the new key. Answers `registry_setup_state`.
create function public.registry_set_up(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
begin
  perform public.registry_set_up_parts();
  if to_regclass('vault.secrets') is null then
    perform public.registry_refuse(409, 'REFUSED', 'this project has no Vault for the secrets of the forwarder',
      'enable supabase_vault in the dashboard: Database → Extensions');
  end if;
  begin
    if to_regclass('cron.job') is null then
      create extension pg_cron with schema pg_catalog;
    end if;
    if to_regnamespace('net') is null then
      create extension pg_net with schema extensions;
    end if;
  exception when others then
    perform public.registry_refuse(409, 'REFUSED', 'the extensions pg_cron and pg_net cannot be enabled: ' || sqlerrm,
      'enable both in the dashboard: Database → Extensions');
  end;
  perform public.registry_keep_secret('nofx_url', p_request ->> 'url');
  perform public.registry_keep_secret('nofx_secret_key', p_request ->> 'key');
  execute 'select cron.schedule($1, $2, $3)'
    using 'nofx-events', '10 seconds', 'select public.registry_forward_events()';
  drop trigger if exists forward_at_once on public.registry_events;
  create trigger forward_at_once after insert on public.registry_events
    for each statement execute function public.registry_forward_at_once();
  return public.registry_setup_state();
end
$$;
revoke all on function public.registry_set_up(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_set_up(jsonb) to service_role;

-- What a project has of its parts: {migrations, bucket, listen, forwarder, secrets}. `bucket` is `private`, `public` or
-- `missing`; `listen` is null without Realtime, `forwarder` and `secrets` are null without pg_cron and the Vault.
create function public.registry_setup_state()
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_migrations jsonb;
  v_bucket text;
  v_forwarder boolean;
  v_secrets boolean;
begin
  if to_regclass('supabase_migrations.schema_migrations') is not null then
    execute 'select jsonb_agg(version order by version) from supabase_migrations.schema_migrations' into v_migrations;
  end if;
  if to_regclass('storage.buckets') is not null then
    execute $bucket$
      select case when b.public then 'public' else 'private' end from storage.buckets b where b.id = 'registry'
    $bucket$ into v_bucket;
  end if;
  if to_regclass('cron.job') is not null then
    execute $job$
      select exists (select from cron.job where jobname = 'nofx-events' and active)
    $job$ into v_forwarder;
  end if;
  if to_regclass('vault.secrets') is not null then
    execute $secrets$
      select count(*) = 2 from vault.secrets where name in ('nofx_url', 'nofx_secret_key')
    $secrets$ into v_secrets;
  end if;
  return jsonb_build_object(
    'migrations', coalesce(v_migrations, '[]'),
    'bucket', coalesce(v_bucket, 'missing'),
    'listen', case when to_regclass('realtime.messages') is not null then exists (
      select from pg_catalog.pg_policies
      where schemaname = 'realtime' and tablename = 'messages' and policyname = 'registry_publishers_listen') end,
    'forwarder', v_forwarder,
    'secrets', v_secrets,
    'webhooks', (select count(*) from public.registry_webhooks where disabled_at is null));
end
$$;
revoke all on function public.registry_setup_state() from public, anon, authenticated, service_role;
grant execute on function public.registry_setup_state() to service_role;
