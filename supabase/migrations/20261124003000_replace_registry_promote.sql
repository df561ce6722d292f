-- Makes the newest draft of a definition live: the same content as a new revision, under the rules of a publish, in the
-- state that its manifest names; one whose manifest says draft, too, becomes active.
create or replace function public.registry_promote(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join finds its rows by key, as in a rollback
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_call jsonb := public.registry_begin(p_request);
  v_head public.registry_heads;
  v_about jsonb;
  v_state text;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  v_head := public.registry_expect_head(
    p_request ->> 'kind', p_request ->> 'id', coalesce(p_request ->> 'expectedVersion', p_request ->> 'seenVersion')::integer);
  if v_head.draft_version is null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s has no draft: its newest version, %s, is %s', v_head.kind, v_head.id, v_head.latest_version,
        v_head.state),
      'publish a draft of it first',
      jsonb_build_object('rule', 'NOFX_PROMOTE_NO_DRAFT', 'kind', v_head.kind, 'id', v_head.id, 'state', v_head.state));
  end if;
  select
      jsonb_build_object('sha', commit_sha, 'rank', commit_rank, 'ref', commit_ref, 'dirty', dirty),
      case metadata ->> 'status' when 'deprecated' then 'deprecated' when 'disabled' then 'disabled' else 'active' end
    into v_about, v_state from public.registry_revisions
    where kind = v_head.kind and id = v_head.id and version = v_head.draft_version;
  if v_state = 'disabled' then
    perform public.registry_refuse(422, 'REFUSED',
      format('the draft of %s/%s, version %s, says that it is disabled', v_head.kind, v_head.id, v_head.draft_version),
      'publish it as it is to disable it, or change "status" in the manifest',
      jsonb_build_object('rule', 'NOFX_PROMOTE_DISABLED', 'kind', v_head.kind, 'id', v_head.id));
  end if;
  return public.registry_take_back(v_call || jsonb_build_object('about', v_about), 'promote',
    jsonb_build_array(jsonb_build_object('kind', v_head.kind, 'id', v_head.id, 'outcome', 'promoted',
      'version', v_head.latest_version + 1, 'digest', v_head.latest_digest, 'source', v_head.draft_version,
      'state', v_state)));
end
$$;
