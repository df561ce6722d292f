-- What a merge of a preview's branch would change, as far as production stands still.
create function public.registry_preview_changes(p_env text)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- what the planner guesses of the views is much more than there is
set jit = off
as $$
begin
  return public.registry_preview_compare(public.registry_preview_enter(p_env));
end
$$;

revoke all on function public.registry_preview_changes(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_changes(text) to service_role;
