-- Deliveries to webhooks: leased, settled, and accepted once.

-- Leases the next batch of each due webhook to a forwarder; no other forwarder gets the batch until the lease expires.
-- The batch of a forwarder that dies is leased again after that, under the same id. "missed" (events were deleted
-- before they were sent) stays set until a delivery has reported it. While the old secret is valid, a delivery is
-- signed with both secrets.
create function public.registry_lease_deliveries(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_row public.registry_webhooks;
  v_looked integer := 0;
  v_deliveries jsonb := '[]'::jsonb;
  v_lease uuid;
  v_floor bigint;
  v_since bigint;
  v_to bigint;
  v_last bigint;
  v_whole boolean;
  v_missed boolean;
  v_events jsonb;
begin
  for v_row in
    select w.* from public.registry_webhooks w
    where w.disabled_at is null and w.next_at <= now() and (w.lease_until is null or w.lease_until <= now())
      and w.cursor < (select seq from public.registry_counter)
    order by w.next_at, w.id
    limit (p_request ->> 'limit')::integer
    for update skip locked
  loop
    v_looked := v_looked + 1;
    -- One statement, so one snapshot: events that are forgotten between two would be missing without anybody saying so.
    -- One event more than a batch has, to see whether this batch is the last; 100 events are at most about 80 kB.
    select c.since, c.floor, c.until, page.events, page.last, page.whole
      into strict v_since, v_floor, v_to, v_events, v_last, v_whole
    from (
      select greatest(v_row.cursor, floor) as since, floor, coalesce(v_row.batch_to, seq) as until
      from public.registry_counter
    ) as c
    cross join lateral (
      select jsonb_agg(event order by seq) filter (where place <= 100) as events,
        max(seq) filter (where place <= 100) as last, coalesce(max(place), 0) <= 100 as whole
      from (
        select e.seq, row_number() over (order by e.seq) as place, jsonb_build_object(
          'seq', e.seq, 'type', e.type, 'kind', e.kind, 'id', e.id, 'version', e.version, 'digest', e.digest,
          'releaseId', e.release_id, 'at', to_char(e.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as event
        from public.registry_events e
        where e.seq > c.since and e.seq <= c.until
          and (v_row.audience = 'publisher' or e.audience = 'public')
          and (v_row.kinds = '{}' or e.kind = any (v_row.kinds))
          and (v_row.types = '{}' or e.type = any (v_row.types))
        order by e.seq
        limit 101
      ) as found
    ) as page;
    v_to := case when v_whole then greatest(v_to, v_since) else v_last end;
    v_missed := v_row.missed or v_row.cursor < v_floor;
    if v_events is null then
      update public.registry_webhooks set cursor = v_to, batch_to = null, attempts = 0, missed = v_missed
        where id = v_row.id;
      continue;
    end if;
    v_lease := gen_random_uuid();
    update public.registry_webhooks
      set batch_to = v_to, missed = v_missed, lease_token = v_lease,
        lease_until = now() + make_interval(secs => (p_request ->> 'seconds')::integer)
      where id = v_row.id;
    v_deliveries := v_deliveries || jsonb_build_object(
      'webhook', v_row.id, 'url', v_row.url, 'deployment', v_row.deployment, 'secret', v_row.secret,
      'oldSecret', case when v_row.old_secret_until > now() then v_row.old_secret end, 'lease', v_lease,
      'id', format('%s-%s-%s', v_row.id, v_since, v_to), 'since', v_since, 'cursor', v_to,
      -- undelivered events were deleted: the receiver has to read everything again
      'missed', v_missed, 'events', v_events);
  end loop;
  return jsonb_build_object('looked', v_looked, 'deliveries', v_deliveries);
end
$$;
revoke all on function public.registry_lease_deliveries(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_lease_deliveries(jsonb) to service_role;

-- Ends a lease with the outcome of the delivery. Only the holder of the lease settles it; a call after the lease was
-- given to another forwarder changes nothing. The receiver's Retry-After (seconds) is respected: up to a day, and up to
-- a minute for a deployment.
create function public.registry_settle_delivery(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- waits after each attempt, three days in all
  v_schedule constant interval[] := array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours',
    '14 hours', '20 hours', '24 hours']::interval[];
  v_row public.registry_webhooks;
  v_outcome text := p_request ->> 'outcome';
  v_status integer := (p_request ->> 'status')::integer;
  v_error text := left(p_request ->> 'error', 300);
  v_wait interval;
  v_asked interval := make_interval(secs => least(coalesce((p_request ->> 'retryAfter')::integer, 0), 86400));
begin
  select * into v_row from public.registry_webhooks
    where id = p_request ->> 'webhook' and lease_token = (p_request ->> 'lease')::uuid for update;
  if v_row.id is null then
    return jsonb_build_object('settled', false);
  end if;
  v_wait := case
    when v_row.deployment then least(interval '1 minute', interval '5 seconds' * 2 ^ least(v_row.attempts, 5))
    else v_schedule[v_row.attempts + 1]
  end;
  if v_outcome = 'failed' and v_wait is null then
    v_outcome := 'dead';
    insert into public.registry_dead_letters (webhook_id, since, cursor, attempts, last_status, last_error)
      values (v_row.id, v_row.cursor, v_row.batch_to, v_row.attempts + 1, v_status, v_error);
  end if;
  v_wait := greatest(v_wait, case when v_row.deployment then least(v_asked, interval '1 minute') else v_asked end);
  update public.registry_webhooks set
    lease_token = null,
    lease_until = null,
    last_status = v_status,
    last_error = v_error,
    cursor = case when v_outcome in ('delivered', 'dead') then batch_to else cursor end,
    -- a deployment gets a failed batch again together with all later events
    batch_to = case when v_outcome = 'failed' and not deployment then batch_to end,
    attempts = case when v_outcome = 'failed' then attempts + 1 else 0 end,
    next_at = case when v_outcome = 'failed' then now() + v_wait * (1 + random() / 10) else now() end,
    missed = missed and v_outcome <> 'delivered',
    delivered_at = case when v_outcome = 'delivered' then now() else delivered_at end,
    disabled_at = case when v_outcome = 'gone' then now() end
  where id = v_row.id;
  return jsonb_build_object('settled', true, 'outcome', v_outcome);
end
$$;
revoke all on function public.registry_settle_delivery(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_settle_delivery(jsonb) to service_role;

-- Ids of deliveries that a deployment has accepted, kept for longer than their signatures are valid: the same id again
-- is a replay.
create table public.registry_used_deliveries (
  id text primary key,
  expires_at timestamptz not null
);
alter table public.registry_used_deliveries enable row level security;
revoke all on public.registry_used_deliveries from public, anon, authenticated, service_role;
grant select on public.registry_used_deliveries to service_role;

-- Whether a delivery is new to a place of a deployment; of two concurrent calls, one gets true.
create function public.registry_claim_delivery(p_place text, p_id text)
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
begin
  -- rows that another call is deleting are skipped
  delete from public.registry_used_deliveries where id in (
    select id from public.registry_used_deliveries where expires_at < now() for update skip locked);
  insert into public.registry_used_deliveries (id, expires_at)
    values (p_place || ':' || p_id, now() + interval '15 minutes')
    on conflict (id) do nothing;
  get diagnostics v_count = row_count;
  return v_count = 1;
end
$$;
revoke all on function public.registry_claim_delivery(text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_claim_delivery(text, text) to service_role;
