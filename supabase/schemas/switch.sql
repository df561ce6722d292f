-- The operator's switch: disables a definition without new content, and enables it again
-- (docs/decisions/072-operators-switch.md).

-- Disables a live definition: appends its live content in the state disabled, and sets the switch of its head. The
-- switch stays until registry_enable: publishes, promotions and rollbacks append their content in the state disabled.
-- Dependents do not stop it: an operator must always be able to disable a harmful definition.
create function public.registry_disable(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_switch(p_request);
  return public.registry_take_back(
    v_call || jsonb_build_object('about', public.registry_commit_of(v_head), 'force', true), 'disable',
    jsonb_build_array(public.registry_switched(v_head, 'disabled', 'disabled', v_head.disabled is null)));
end
$$;
revoke all on function public.registry_disable(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_disable(jsonb) to service_role;

-- Enables a definition that registry_disable disabled: appends its newest content that is not a draft, in the state of
-- its manifest. Everything that it requires must be live again, unless the request has "force".
create function public.registry_enable(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
  v_status text;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_switch(p_request);
  v_status := v_head.metadata ->> 'status';
  if v_head.state = 'disabled' and v_status = 'disabled' then
    perform public.registry_refuse(422, 'REFUSED',
      format('version %s of %s/%s has the status "disabled" in its manifest', v_head.version, v_head.kind, v_head.id),
      'change "status" in the manifest and publish the definition, then enable it',
      jsonb_build_object('rule', 'NOFX_ENABLE_STATUS', 'kind', v_head.kind, 'id', v_head.id));
  end if;
  return public.registry_take_back(
    v_call || jsonb_build_object('about', public.registry_commit_of(v_head)), 'enable',
    jsonb_build_array(public.registry_switched(v_head, 'enabled', v_status, v_head.disabled is not null)));
end
$$;
revoke all on function public.registry_enable(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_enable(jsonb) to service_role;

-- The head of the definition that a request switches; refused without a reason, and when the definition has no version
-- that readers see or would see.
create function public.registry_expect_switch(p_request jsonb)
returns public.registry_heads
language plpgsql
stable
set search_path = ''
as $$
declare
  v_head public.registry_heads;
begin
  if coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty',
      'say why: --reason "<1 to 2,000 characters>"');
  end if;
  v_head := public.registry_expect_head(
    p_request ->> 'kind', p_request ->> 'id', coalesce(p_request ->> 'expectedVersion', p_request ->> 'seenVersion')::integer);
  if v_head.version is null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s has no version to disable or enable, it is %s', v_head.kind, v_head.id,
        case v_head.state when 'draft' then 'a draft' else v_head.state end),
      format('see: nofx registry history %s/%s', v_head.kind, v_head.id),
      jsonb_build_object('rule', 'NOFX_SWITCH_NOT_LIVE', 'kind', v_head.kind, 'id', v_head.id, 'state', v_head.state));
  end if;
  return v_head;
end
$$;
revoke all on function public.registry_expect_switch(jsonb) from public, anon, authenticated, service_role;

-- The outcome of a switch: a copy of the version that is not a draft, or unchanged when the switch is set already.
create function public.registry_switched(p_head public.registry_heads, p_outcome text, p_state text, p_moves boolean)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('kind', p_head.kind, 'id', p_head.id, 'digest', p_head.digest)
    || case when p_moves
      then jsonb_build_object('outcome', p_outcome, 'version', p_head.latest_version + 1, 'source', p_head.version,
        'state', p_state)
      else jsonb_build_object('outcome', 'unchanged', 'version', p_head.latest_version)
    end
$$;
revoke all on function public.registry_switched(public.registry_heads, text, text, boolean)
  from public, anon, authenticated, service_role;

-- The commit of the version that readers see, or would see if the definition were enabled.
create function public.registry_commit_of(p_head public.registry_heads)
returns jsonb
language sql
stable
set search_path = ''
as $$
  select jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty)
  from public.registry_revisions
  where kind = p_head.kind and id = p_head.id and version = p_head.version
$$;
revoke all on function public.registry_commit_of(public.registry_heads) from public, anon, authenticated, service_role;

-- The state of an appended revision. While a definition is disabled by an operator, what would be live is disabled; and
-- a copy of a revision that an operator disabled has the state of its manifest again.
create function public.registry_state_under_switch(p_origin text, p_state text, p_status text, p_disabled jsonb)
returns text
language sql
immutable
set search_path = ''
as $$
  select case
    when p_state in ('draft', 'removed') then p_state
    when p_origin = 'disable' or (p_origin <> 'enable' and p_disabled is not null) then 'disabled'
    when p_state = 'disabled' and p_status in ('active', 'deprecated') then p_status
    else p_state
  end
$$;
revoke all on function public.registry_state_under_switch(text, text, text, jsonb)
  from public, anon, authenticated, service_role;

-- Sets or clears the switch of the heads that a release disabled or enabled.
create function public.registry_move_switches(p_call jsonb)
returns void
language sql
set search_path = ''
as $$
  update public.registry_heads h
  set disabled = case r.origin when 'disable' then jsonb_build_object(
      'reason', p_call ->> 'reason', 'by', p_call ->> 'actor',
      'since', to_char((p_call ->> 'at')::timestamptz at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) end
  from public.registry_revisions r
  where r.release_id = p_call ->> 'release' and r.origin in ('disable', 'enable') and h.kind = r.kind and h.id = r.id
$$;
revoke all on function public.registry_move_switches(jsonb) from public, anon, authenticated, service_role;

-- Whether a definition is disabled, for a worker that starts a copy of one of its versions: readers see neither the head
-- of a disabled definition nor, when it is no longer kept, the event. Only for a content that was once public and whose
-- digest the caller knows.
create function public.registry_is_disabled(p_kind text, p_id text, p_digest text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (
      select from public.registry_heads h
      where h.kind = p_kind and h.id = p_id and h.state = 'disabled')
    and exists (
      select from public.registry_revisions r
      where r.kind = p_kind and r.id = p_id and r.digest = p_digest and r.state in ('active', 'deprecated'))
$$;
revoke all on function public.registry_is_disabled(text, text, text) from public, anon, authenticated, service_role;
grant execute on function public.registry_is_disabled(text, text, text) to anon, authenticated, service_role;
