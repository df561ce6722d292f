-- A rank far above every other rank of the registry cannot be right for a definition that has a history: whatever is
-- published after it would be stale. New definitions have no order yet, and a preview has none at all (its ranks are 0).
create function public.registry_check_rank(p_rank integer, p_outcomes jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  -- commits between two publishes of one history, with much room (docs/decisions/021-order-of-commits.md)
  v_jump constant integer := 100000;
  v_newest integer;
begin
  if not (p_outcomes @> '[{"outcome": "updated"}]' or p_outcomes @> '[{"outcome": "removed"}]') then
    return;
  end if;
  v_newest := (select max(commit_rank) from public.registry_heads);
  if v_newest > 0 and p_rank - v_newest > v_jump then
    perform public.registry_refuse(422, 'REFUSED',
      format('the rank %s is %s above the newest of the registry, %s', p_rank, p_rank - v_newest, v_newest),
      'check --rank; after a move to another repository: nofx registry rebase-rank --reason "<why>"',
      jsonb_build_object('rule', 'NOFX_COMMIT_RANK', 'limit', v_newest + v_jump));
  end if;
end
$$;

revoke all on function public.registry_check_rank(integer, jsonb) from public, anon, authenticated, service_role;
