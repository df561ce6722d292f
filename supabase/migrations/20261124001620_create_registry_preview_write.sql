-- Writes in a preview: its own tables, by its own copies of the functions.
create function public.registry_preview_write(p_env text, p_function text, p_args jsonb)
returns jsonb
language sql
security definer
set search_path = ''
-- what the planner guesses of the views is much more than there is
set jit = off
as $$
  select public.registry_preview_call(p_env, 'write', p_function, p_args)
$$;

revoke all on function public.registry_preview_write(text, text, jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_write(text, text, jsonb) to service_role;
