-- Leases keep in mind that events were forgotten until a delivery has said so, and sign with an old secret as long as it
-- counts.
create or replace function public.registry_lease_deliveries(p_request jsonb)
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
    select greatest(v_row.cursor, floor), floor, coalesce(v_row.batch_to, seq) into strict v_since, v_floor, v_to
      from public.registry_counter;
    -- one more than a batch has, to see whether it is the last; 100 events are at most about 80 kB
    select jsonb_agg(event order by seq) filter (where place <= 100), max(seq) filter (where place <= 100),
        coalesce(max(place), 0) <= 100
      into v_events, v_last, v_whole
      from (
        select e.seq, row_number() over (order by e.seq) as place, jsonb_build_object(
          'seq', e.seq, 'type', e.type, 'kind', e.kind, 'id', e.id, 'version', e.version, 'digest', e.digest,
          'releaseId', e.release_id, 'at', to_char(e.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) as event
        from public.registry_events e
        where e.seq > v_since and e.seq <= v_to
          and (v_row.audience = 'publisher' or e.audience = 'public')
          and (v_row.kinds = '{}' or e.kind = any (v_row.kinds))
          and (v_row.types = '{}' or e.type = any (v_row.types))
        order by e.seq
        limit 101
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
      -- events that it never got are no longer kept: it has to read everything again
      'missed', v_missed, 'events', v_events);
  end loop;
  return jsonb_build_object('looked', v_looked, 'deliveries', v_deliveries);
end
$$;
