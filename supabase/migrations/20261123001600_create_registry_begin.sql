-- Opens an effect: waits for its turn, answers a known idempotency key of the principal again, and fixes release id and
-- time. The time follows the order of releases and events, also when the server's clock goes back. "answered": what the
-- key got when nothing moved.
create function public.registry_begin(p_request jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_principal text := coalesce(p_request ->> 'principal', 'owner');
  -- what is asked: not who is proven to ask, what they may, and what they saw before
  v_asked jsonb := (p_request #- '{target,seenVersion}') - array['principal', 'kinds', 'seenVersion']
    - case when v_principal = 'owner' then '' else 'actor' end;
  v_hash text := encode(sha256(convert_to(v_asked::text, 'UTF8')), 'hex');
  v_dry_run boolean := coalesce((p_request ->> 'dryRun')::boolean, false);
  v_seq bigint;
  v_known record;
  v_answer record;
begin
  if p_request ->> 'key' is null then
    perform public.registry_refuse(422, 'REFUSED', 'the request has no idempotency key', 'send "key"');
  end if;
  select seq into strict v_seq from public.registry_counter for update;
  select request_hash, response into v_known
    from public.registry_releases
    where principal = v_principal and idempotency_key = p_request ->> 'key' and not v_dry_run;
  select request_hash, response into v_answer
    from public.registry_answers
    where principal = v_principal and idempotency_key = p_request ->> 'key' and not v_dry_run;
  if coalesce(v_known.request_hash, v_answer.request_hash) <> v_hash then
    perform public.registry_refuse(422, 'IDEMPOTENCY_MISMATCH',
      format('the key %s was used for another request', p_request ->> 'key'), 'use a new key for a new request',
      jsonb_build_object('releaseId', v_known.response -> 'releaseId'));
  end if;
  if v_known.response is not null then
    return jsonb_build_object('replay', v_known.response || '{"replayed": true}');
  end if;
  return p_request || jsonb_build_object(
    'hash', v_hash, 'release', gen_random_uuid(), 'at', public.registry_next_time(), 'seq', v_seq,
    'dryRun', v_dry_run, 'principal', v_principal, 'answered', v_answer.response);
end
$$;

revoke all on function public.registry_begin(jsonb) from public, anon, authenticated, service_role;
