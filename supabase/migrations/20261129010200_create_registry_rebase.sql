-- Starts the order of commits anew at a commit: the definitions that stand above its rank, or all of them when the rank
-- is further above theirs than a publish may go, get a revision of the same content with its rank. The history keeps
-- who did it, when, why, and both ranks. The commit of the content stays what it was.
create function public.registry_rebase(p_request jsonb)
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
  v_target jsonb := p_request -> 'target';
  v_commit jsonb := p_request -> 'commit';
  v_rank integer;
  v_newest integer;
  v_head public.registry_heads;
  v_outcomes jsonb;
begin
  if v_call ? 'replay' then
    return v_call -> 'replay';
  end if;
  if coalesce(btrim(p_request ->> 'reason'), '') = '' then
    perform public.registry_refuse(422, 'REFUSED', 'the reason is empty', 'say why: --reason "<1 to 2,000 characters>"');
  end if;
  perform public.registry_check_commit(v_commit);
  v_rank := (v_commit ->> 'rank')::integer;
  if v_target is not null then
    -- refuses what does not exist
    v_head := public.registry_expect_head(v_target ->> 'kind', v_target ->> 'id', null);
  end if;
  v_newest := (select max(commit_rank) from public.registry_heads);
  select coalesce(jsonb_agg(jsonb_build_object(
      'kind', h.kind, 'id', h.id, 'outcome', 'rebased', 'version', h.latest_version + 1, 'digest', h.latest_digest,
      'source', h.latest_version, 'rank', jsonb_build_object('from', h.commit_rank, 'to', v_rank))
      order by h.kind collate "C", h.id collate "C"), '[]') into v_outcomes
    from public.registry_heads h
    where (v_target is null or (h.kind = v_head.kind and h.id = v_head.id))
      and (h.commit_rank > v_rank or v_rank - v_newest > 100000);
  -- nothing that a reader sees changes, so nothing is asked of other definitions
  return public.registry_take_back(
    v_call - 'commit' || jsonb_build_object('about', v_commit, 'force', true), 'rebase', v_outcomes);
end
$$;

revoke all on function public.registry_rebase(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rebase(jsonb) to service_role;
