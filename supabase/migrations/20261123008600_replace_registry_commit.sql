-- Publishes what was staged under a key, and removes what the request names, as one release or not at all. "kinds" are
-- those that the publisher may publish: another job of the same repository and ref may have
-- staged more under the key.
create or replace function public.registry_commit(p_request jsonb)
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
  v_principal text := coalesce(p_request ->> 'principal', 'owner');
  v_parts integer := (p_request ->> 'parts')::integer;
  v_call jsonb := public.registry_begin(p_request);
  v_result jsonb := v_call -> 'replay';
  v_outcomes jsonb;
  v_origin text := case when v_parts = 0 then 'remove' else 'publish' end;
  v_other text;
begin
  -- A commit that moved nothing used its parts up: asked again without them it gets its answer, with them it is decided
  -- again.
  if v_parts > 0 and v_call ->> 'answered' is not null
      and not exists (select from public.registry_staged where principal = v_principal and key = v_key) then
    v_result := v_call -> 'answered' || '{"replayed": true}';
  end if;
  if v_result is null then
    -- registry_stage waits for it, and this for a part that is on its way in
    perform pg_advisory_xact_lock(hashtextextended(v_principal || ' ' || v_key, 0));
    select min(kind) into v_other
      from public.registry_staged
      where principal = v_principal and key = v_key and not p_request -> 'kinds' ? kind;
    if v_other is not null then
      perform public.registry_refuse(403, 'REMOTE_DENIED',
        format('this identity may not publish %s, which are staged under the same key', v_other),
        'have the owner of the registry add them to "identities" in registry_policies');
    end if;
    perform public.registry_check_staged(v_principal, v_key, v_parts, p_request ->> 'content');
    perform public.registry_check_objects(v_principal, v_key);
    perform public.registry_check_commit(p_request -> 'commit');
    v_outcomes := public.registry_decide(v_call);
    perform public.registry_check_decided(v_outcomes);
    perform public.registry_check_rank((p_request -> 'commit' ->> 'rank')::integer, v_outcomes);
    perform public.registry_append_staged(v_call, v_outcomes);
    perform public.registry_append_copies(v_call, 'remove', v_outcomes);
    perform public.registry_check_published(v_call ->> 'release');
    v_result := public.registry_finish(v_call, v_origin, v_outcomes);
  end if;
  delete from public.registry_staged where principal = v_principal and key = v_key;
  -- what others staged and never committed
  perform public.registry_sweep('1 day');
  return v_result;
end
$$;
