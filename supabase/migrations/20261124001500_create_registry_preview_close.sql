-- Shuts a preview before its bundles are deleted: waits for whoever is inside, and lets nobody in any more. A sweeper
-- asks for `p_expired`, and leaves one alone that was given more time meanwhile.
create function public.registry_preview_close(p_name text, p_expired boolean default false)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_row public.registry_previews;
begin
  perform pg_advisory_xact_lock(hashtextextended(public.registry_preview_schema(p_name), 6));
  update public.registry_previews set state = 'closing', updated_at = clock_timestamp()
    where name = p_name and state = 'open' and (not p_expired or expires_at <= clock_timestamp());
  select * into v_row from public.registry_previews where name = p_name;
  return jsonb_build_object('name', p_name, 'closed', v_row.state is distinct from 'open');
end
$$;

revoke all on function public.registry_preview_close(text, boolean) from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_close(text, boolean) to service_role;
