-- Stores a plan, or gives the one that its idempotency key made before. It takes its turn with the publishes: whoever
-- has taken a definition away sees every plan that was still locked to it, and no later plan is.
create function public.registry_instantiate(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_source jsonb := p_request -> 'source';
  v_missing text;
  v_bytes integer := octet_length((p_request -> 'document')::text);
  v_plan public.template_instantiations;
  v_replayed boolean;
  v_principal text := coalesce(p_request ->> 'principal', 'owner');
begin
  select string_agg(name, ', ') into v_missing
    from unnest(array['key', 'hash', 'actor', 'source', 'locks', 'document']) as wanted(name)
    where p_request ->> name is null;
  if v_missing is not null then
    perform public.registry_refuse(422, 'REFUSED', format('the request has no %s', v_missing), 'send it');
  end if;
  if v_bytes > 2097152 then
    perform public.registry_refuse(413, 'REFUSED', format('the plan has %s bytes, at most 2097152 are kept', v_bytes),
      'give it smaller parameters', jsonb_build_object('bytes', v_bytes, 'limit', 2097152));
  end if;
  perform from public.registry_counter for update;
  select * into v_plan from public.template_instantiations
    where principal = v_principal and idempotency_key = p_request ->> 'key';
  v_replayed := found;
  if v_plan.request_hash <> p_request ->> 'hash' then
    perform public.registry_refuse(422, 'IDEMPOTENCY_MISMATCH',
      format('the key %s was used for another plan', p_request ->> 'key'), 'use a new key for a new plan',
      jsonb_build_object('planId', v_plan.plan_id));
  end if;
  if not v_replayed then
    perform public.registry_check_locks(jsonb_build_array(v_source) || (p_request -> 'locks'));
    insert into public.template_instantiations (
      principal, idempotency_key, request_hash, kind, id, version, digest, locks, document, actor, created_at)
    values (
      v_principal, p_request ->> 'key', p_request ->> 'hash', v_source ->> 'kind', v_source ->> 'id',
      (v_source ->> 'version')::integer, v_source ->> 'digest', p_request -> 'locks', p_request -> 'document',
      p_request ->> 'actor', clock_timestamp())
    returning * into v_plan;
  end if;
  return jsonb_build_object(
    'planId', v_plan.plan_id, 'replayed', v_replayed,
    'createdAt', to_char(v_plan.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'source', jsonb_build_object(
      'kind', v_plan.kind, 'id', v_plan.id, 'version', v_plan.version, 'digest', v_plan.digest),
    'locks', v_plan.locks, 'document', v_plan.document);
end
$$;

revoke all on function public.registry_instantiate(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_instantiate(jsonb) to service_role;
