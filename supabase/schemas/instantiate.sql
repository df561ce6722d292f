-- Plans made from templates.

-- Plans that were made from a live definition, each locked to the versions that it uses: later releases do not change a
-- plan.
create table public.template_instantiations (
  plan_id uuid primary key default gen_random_uuid(),
  -- keys belong to a principal, as those of releases
  principal text not null default 'owner',
  idempotency_key text not null,
  request_hash text not null,
  -- the instantiated definition, of any kind that supports it
  kind text not null,
  id text not null,
  version integer not null,
  digest text not null,
  -- [{kind, id, version, digest}] of the definitions that the plan uses
  locks jsonb not null check (jsonb_typeof(locks) = 'array'),
  -- never holds a secret; at most 2 MB as text
  document jsonb not null check (octet_length(document::text) <= 2097152),
  actor text not null,
  created_at timestamptz not null,
  unique (principal, idempotency_key)
);
create index template_instantiations_newest on public.template_instantiations (created_at desc, plan_id);
create index template_instantiations_definition on public.template_instantiations (kind, id, created_at desc, plan_id);
create trigger append_only before delete or truncate on public.template_instantiations
  for each statement execute function public.registry_refuse_change();
create trigger append_only_rows before update on public.template_instantiations
  for each row execute function public.registry_refuse_rewrite();
alter table public.template_instantiations enable row level security;
revoke all on public.template_instantiations from public, anon, authenticated, service_role;
grant select on public.template_instantiations to authenticated, service_role;
create policy publishers_read on public.template_instantiations
  for select to authenticated using ((select public.registry_is_publisher()));

-- Stores a plan, or returns the plan that the idempotency key stored before. It takes the same lock as a publish: when
-- a definition is removed, every plan that is locked to it is stored, and no later plan can be locked to it.
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
    perform public.registry_refuse(422, 'REFUSED', format('the request has no %s', v_missing),
      format('add %s to the request', v_missing));
  end if;
  if v_bytes > 2097152 then
    perform public.registry_refuse(413, 'REFUSED', format('the plan has %s bytes, the limit is 2097152', v_bytes),
      'use smaller parameters', jsonb_build_object('bytes', v_bytes, 'limit', 2097152));
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

-- Refuses a plan when a definition that it was made from is not live with the same version and digest.
create function public.registry_check_locks(p_locks jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', l.kind, 'id', l.id, 'expectedVersion', l.version, 'expectedDigest', l.digest,
      'version', live.version, 'digest', live.digest, 'commit', live.commit_sha)
      order by l.kind collate "C", l.id collate "C") into v_rows
    from jsonb_to_recordset(p_locks) as l(kind text, id text, version integer, digest text)
    left join lateral (
      select h.version, h.digest, h.commit_sha from public.registry_heads h
      where h.kind = l.kind and h.id = l.id and h.version is not null and h.state in ('active', 'deprecated')
    ) live on true
    where live.version is distinct from l.version or live.digest is distinct from l.digest;
  if v_rows is not null then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s/%s is %s, the plan was made with version %s%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        coalesce('live as version ' || (v_rows -> 0 ->> 'version'), 'not live')
          || case when v_rows -> 0 -> 'version' = v_rows -> 0 -> 'expectedVersion' then ' with other content' else '' end,
        v_rows -> 0 ->> 'expectedVersion',
        case when jsonb_array_length(v_rows) > 1 then format('; and %s more', jsonb_array_length(v_rows) - 1) end),
      'instantiate again: the plan is then made from the live versions', jsonb_build_object('definitions', v_rows));
  end if;
end
$$;
revoke all on function public.registry_check_locks(jsonb) from public, anon, authenticated, service_role;
