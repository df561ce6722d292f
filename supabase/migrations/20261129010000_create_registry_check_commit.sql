-- A commit is named by a whole SHA, or says that there is none, and has a rank that a history can have. The same rule as
-- src/contract/commit.ts, for callers that come another way.
create function public.registry_check_commit(p_commit jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  -- the greatest rank that is believed
  v_most constant integer := 10000000;
begin
  if (p_commit ->> 'sha' ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'
    or (p_commit ->> 'sha' = 'uncommitted' and p_commit -> 'dirty' = 'true')) is not true
  then
    perform public.registry_refuse(422, 'REFUSED',
      format('"%s" is not a commit SHA of 40 or 64 hex digits', left(p_commit ->> 'sha', 80)),
      'name the commit by its whole SHA', '{"rule": "NOFX_COMMIT_SHA"}');
  end if;
  if (p_commit ->> 'rank' ~ '^[0-9]{1,8}$' and (p_commit ->> 'rank')::integer <= v_most) is not true then
    perform public.registry_refuse(422, 'REFUSED',
      format('the rank %s is not the height of a commit: 0 to %s', left(p_commit ->> 'rank', 40), v_most),
      'give the first-parent height of the commit: git rev-list --count --first-parent HEAD',
      jsonb_build_object('rule', 'NOFX_COMMIT_RANK', 'limit', v_most));
  end if;
end
$$;

revoke all on function public.registry_check_commit(jsonb) from public, anon, authenticated, service_role;
