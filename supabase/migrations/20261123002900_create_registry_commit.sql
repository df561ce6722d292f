-- Publishes what was staged under a key, and removes what the request names, as one release or not at all.
create function public.registry_commit(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join finds its rows by key: for one definition or 10,000, and whatever the statistics say after a first publish
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_key text := p_request ->> 'key';
  v_call jsonb := public.registry_begin(p_request);
  v_result jsonb := v_call -> 'replay';
  v_outcomes jsonb;
  v_origin text := case when (p_request ->> 'parts')::integer = 0 then 'remove' else 'publish' end;
begin
  if v_result is null then
    perform public.registry_check_staged(v_call ->> 'principal', v_key, (p_request ->> 'parts')::integer, p_request ->> 'content');
    v_outcomes := public.registry_decide(v_call);
    perform public.registry_check_decided(v_outcomes);
    perform public.registry_append_staged(v_call, v_outcomes);
    perform public.registry_append_copies(v_call, 'remove', v_outcomes);
    perform public.registry_check_published(v_call ->> 'release');
    v_result := public.registry_finish(v_call, v_origin, v_outcomes);
  end if;
  delete from public.registry_staged where principal = coalesce(p_request ->> 'principal', 'owner') and key = v_key;
  -- what others staged and never committed
  perform public.registry_sweep('1 day');
  return v_result;
end
$$;

revoke all on function public.registry_commit(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_commit(jsonb) to service_role;
