-- One page of the feed after a cursor, of what the caller may see, and the cursor to go on from. Stable, so that all its
-- statements see one snapshot: seq follows commit order, so what comes later has a higher number than this cursor.
create function public.registry_events_since(p_since bigint, p_limit integer)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_limit integer := least(coalesce(p_limit, 100), 1000);
  v_floor bigint;
  v_seq bigint;
begin
  if v_limit < 1 or p_since < 0 then
    -- registry_refuse is not the caller's to execute
    raise exception using errcode = 'PT422', detail = '{"code": "REFUSED"}', hint = 'correct the query',
      message = case when v_limit < 1 then 'the limit is no count of events' else 'the cursor is no number of an event' end;
  end if;
  select floor, seq into strict v_floor, v_seq from public.registry_counter;
  -- null asks where the feed is now
  if p_since is null then
    return jsonb_build_object('cursor', v_seq, 'events', '[]'::jsonb);
  end if;
  -- above the counter: the database is an older one than that which gave the cursor
  if p_since < v_floor or p_since > v_seq then
    raise exception using errcode = 'PT410',
      message = case when p_since < v_floor
        then format('the cursor %s is too old: events up to %s are no longer kept', p_since, v_floor)
        else format('the cursor %s is not of this registry: its last event is %s', p_since, v_seq) end,
      hint = format('read everything again, then go on from the cursor %s', v_seq),
      detail = jsonb_build_object('code', 'CURSOR_GONE', 'floor', v_floor, 'seq', v_seq);
  end if;
  return (
    select jsonb_build_object(
      'cursor', case when count(*) < v_limit then v_seq else max(seq) end,
      'events', coalesce(jsonb_agg(jsonb_build_object(
          'seq', seq, 'type', type, 'kind', kind, 'id', id, 'version', version, 'digest', digest,
          'releaseId', release_id, 'at', to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        order by seq), '[]'))
    from (
      select e.seq, e.type, e.kind, e.id, e.version, e.digest, e.release_id, e.at
      from public.registry_events e
      where e.seq > p_since
      order by e.seq
      limit v_limit
    ) as page);
end
$$;

revoke all on function public.registry_events_since(bigint, integer) from public, anon, authenticated, service_role;
grant execute on function public.registry_events_since(bigint, integer) to anon, authenticated, service_role;
