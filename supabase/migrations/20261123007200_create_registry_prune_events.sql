-- Forgets events that the policy does not keep, oldest first: at most `most` of them (10,000), so that no call is long.
create function public.registry_prune_events(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_most bigint := coalesce((p_request ->> 'most')::bigint, 10000);
  v_seq bigint;
  v_floor bigint;
  v_days integer;
  v_count integer;
  v_last bigint;
begin
  -- readers wait for nobody; publishes and other calls do
  select seq, floor into strict v_seq, v_floor from public.registry_counter for update;
  select event_days, event_count into v_days, v_count from public.registry_policies where kind = '*';
  v_last := least(v_seq - coalesce(v_count, 10000), v_floor + v_most);
  if v_last > v_floor then
    -- up to the first that is young enough: what is kept has no gaps
    v_last := coalesce((
      select min(seq) - 1 from public.registry_events
      where seq <= v_last and at >= clock_timestamp() - make_interval(days => coalesce(v_days, 90))), v_last);
  end if;
  if v_last > v_floor then
    delete from public.registry_events where seq <= v_last;
    update public.registry_counter set floor = v_last;
  end if;
  return jsonb_build_object('pruned', greatest(v_last - v_floor, 0), 'floor', greatest(v_last, v_floor), 'seq', v_seq);
end
$$;

revoke all on function public.registry_prune_events(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_prune_events(jsonb) to service_role;
