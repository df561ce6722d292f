-- Webhooks: destinations that events are sent to.

-- The destinations of the feed. Each has a cursor instead of a row for each event: it gets every event since it was
-- added, in order, and a slow destination does not delay the others.
create table public.registry_webhooks (
  id text primary key default 'wh_' || substr(md5(gen_random_uuid()::text), 1, 16),
  url text not null unique,
  -- the registry's own HTTP API: its secret is in the forwarder's environment, and new events matter more to it than
  -- old ones
  deployment boolean not null default false,
  secret text check (deployment = (secret is null)),
  -- empty: all kinds, all types
  kinds text[] not null default '{}',
  types text[] not null default '{}',
  audience text not null check (audience in ('public', 'publisher')),
  -- events up to this one were delivered, did not match, or are dead letters
  cursor bigint not null,
  -- the last event of the leased batch: it stays the same until the batch is settled, so that the batch keeps its id
  batch_to bigint,
  attempts integer not null default 0,
  next_at timestamptz not null default now(),
  lease_token uuid,
  lease_until timestamptz,
  last_status integer,
  last_error text,
  delivered_at timestamptz,
  disabled_at timestamptz,
  created_by text not null,
  created_at timestamptz not null default now(),
  -- undelivered events were deleted, and no delivery has reported it yet
  missed boolean not null default false,
  -- also accepted while the receiver is changed to the new secret
  old_secret text,
  old_secret_until timestamptz
);
-- The table has secrets: even the service role uses functions alone.
alter table public.registry_webhooks enable row level security;
revoke all on public.registry_webhooks from public, anon, authenticated, service_role;

-- Batches that a destination did not accept in any attempt. The events themselves are in the feed.
create table public.registry_dead_letters (
  webhook_id text not null references public.registry_webhooks (id) on delete cascade,
  -- events after `since` up to `cursor`
  since bigint not null,
  cursor bigint not null,
  attempts integer not null,
  last_status integer,
  last_error text,
  created_at timestamptz not null default now(),
  primary key (webhook_id, since)
);
alter table public.registry_dead_letters enable row level security;
revoke all on public.registry_dead_letters from public, anon, authenticated, service_role;

-- Adds a webhook, which gets all later events.
create function public.registry_add_webhook(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_url text := p_request ->> 'url';
  v_row public.registry_webhooks;
begin
  -- one call at a time, so that the limit holds
  lock table public.registry_webhooks in share row exclusive mode;
  select * into v_row from public.registry_webhooks where url = v_url;
  if v_row.id is not null then
    perform public.registry_refuse(409, 'CONFLICT', 'the URL is already a webhook: ' || v_row.id,
      'remove the webhook first: nofx webhooks remove ' || v_row.id, jsonb_build_object('id', v_row.id));
  end if;
  if (select count(*) from public.registry_webhooks) >= 100 then
    perform public.registry_refuse(422, 'REFUSED', 'the registry has reached its limit of webhooks: 100',
      'remove an unused webhook, with its id from: nofx webhooks list');
  end if;
  insert into public.registry_webhooks (url, deployment, secret, kinds, types, audience, cursor, created_by)
  select v_url, (p_request ->> 'deployment')::boolean, p_request ->> 'secret',
    array(select jsonb_array_elements_text(p_request -> 'kinds')),
    array(select jsonb_array_elements_text(p_request -> 'types')),
    p_request ->> 'audience', c.seq, p_request ->> 'actor'
  from public.registry_counter c
  returning * into v_row;
  return jsonb_build_object('id', v_row.id, 'cursor', v_row.cursor);
end
$$;
revoke all on function public.registry_add_webhook(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_add_webhook(jsonb) to service_role;

-- All webhooks with their state, without their secrets.
create function public.registry_list_webhooks()
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(jsonb_build_object(
      'id', w.id, 'url', w.url, 'deployment', w.deployment, 'kinds', w.kinds, 'types', w.types, 'audience', w.audience,
      'state', case when w.disabled_at is not null then 'disabled' when w.attempts > 0 then 'failing' else 'active' end,
      'cursor', w.cursor, 'lag', greatest(c.seq - w.cursor, 0),
      'attempts', w.attempts, 'nextAt', case when w.attempts > 0 and w.disabled_at is null then w.next_at end,
      'lastStatus', w.last_status, 'lastError', w.last_error, 'deliveredAt', w.delivered_at,
      'disabledAt', w.disabled_at, 'createdBy', w.created_by, 'createdAt', w.created_at,
      'deadLetters', (
        select coalesce(jsonb_agg(jsonb_build_object(
            'since', d.since, 'cursor', d.cursor, 'attempts', d.attempts, 'lastStatus', d.last_status,
            'lastError', d.last_error, 'at', d.created_at)
          order by d.since), '[]')
        from (select * from public.registry_dead_letters l where l.webhook_id = w.id order by l.since desc limit 20) d))
    order by w.created_at, w.id), '[]')
  from public.registry_webhooks w cross join public.registry_counter c
$$;
revoke all on function public.registry_list_webhooks() from public, anon, authenticated, service_role;
grant execute on function public.registry_list_webhooks() to service_role;

-- URL and secrets of a webhook for a test delivery, which does not move the cursor. The old secret is included while it
-- is valid.
create function public.registry_webhook_target(p_id text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.registry_webhooks;
begin
  select * into v_row from public.registry_webhooks where id = p_id;
  if v_row.id is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('the webhook "%s" does not exist', p_id),
      'see: nofx webhooks list');
  end if;
  return jsonb_build_object('webhook', v_row.id, 'url', v_row.url, 'deployment', v_row.deployment,
    'secret', v_row.secret,
    'oldSecret', case when v_row.old_secret_until > now() then v_row.old_secret end);
end
$$;
revoke all on function public.registry_webhook_target(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_webhook_target(text) to service_role;

-- Gives a webhook a new secret. For a day deliveries are signed with the replaced secret as well, so that the receiver
-- can change to the new one without a refused delivery. A secret that was replaced earlier is deleted at once.
create function public.registry_rotate_webhook(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id text := p_request ->> 'id';
  v_row public.registry_webhooks;
begin
  select * into v_row from public.registry_webhooks where id = v_id for update;
  if v_row.id is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('the webhook "%s" does not exist', v_id),
      'see: nofx webhooks list');
  end if;
  if v_row.deployment then
    perform public.registry_refuse(422, 'REFUSED',
      format('the secret of the deployment %s is not stored in the registry', v_id),
      'set NOFX_EVENTS_SECRET to the new and the old secret, for the forwarder and for the deployment');
  end if;
  update public.registry_webhooks
    set secret = p_request ->> 'secret', old_secret = secret, old_secret_until = now() + interval '1 day'
    where id = v_id
    returning * into v_row;
  return jsonb_build_object('id', v_id, 'oldSecretUntil', v_row.old_secret_until);
end
$$;
revoke all on function public.registry_rotate_webhook(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rotate_webhook(jsonb) to service_role;

-- Removes a webhook with its secret and its dead letters. A delivery that was leased before does not settle anything.
create function public.registry_remove_webhook(p_id text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_url text;
begin
  delete from public.registry_webhooks where id = p_id returning url into v_url;
  if v_url is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('the webhook "%s" does not exist', p_id),
      'see: nofx webhooks list');
  end if;
  return jsonb_build_object('id', p_id, 'url', v_url);
end
$$;
revoke all on function public.registry_remove_webhook(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_remove_webhook(text) to service_role;
