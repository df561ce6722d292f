-- Ends a lease with what came of it. Only who holds the lease settles it: whoever comes too late changes nothing.
create function public.registry_settle_delivery(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  -- after the first attempt; a receiver that was down for three days has been told
  v_schedule constant interval[] := array['5 seconds', '5 minutes', '30 minutes', '2 hours', '5 hours', '10 hours',
    '14 hours', '20 hours', '24 hours']::interval[];
  v_row public.registry_webhooks;
  v_outcome text := p_request ->> 'outcome';
  v_status integer := (p_request ->> 'status')::integer;
  v_error text := left(p_request ->> 'error', 300);
  v_wait interval;
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
  update public.registry_webhooks set
    lease_token = null,
    lease_until = null,
    last_status = v_status,
    last_error = v_error,
    cursor = case when v_outcome in ('delivered', 'dead') then batch_to else cursor end,
    -- what a deployment did not take it gets again with whatever came since
    batch_to = case when v_outcome = 'failed' and not deployment then batch_to end,
    attempts = case when v_outcome = 'failed' then attempts + 1 else 0 end,
    next_at = case when v_outcome = 'failed' then now() + v_wait * (1 + random() / 10) else now() end,
    delivered_at = case when v_outcome = 'delivered' then now() else delivered_at end,
    disabled_at = case when v_outcome = 'gone' then now() end
  where id = v_row.id;
  return jsonb_build_object('settled', true, 'outcome', v_outcome);
end
$$;

revoke all on function public.registry_settle_delivery(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_settle_delivery(jsonb) to service_role;
