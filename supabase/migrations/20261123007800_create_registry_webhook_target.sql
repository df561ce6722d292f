-- Where one destination is and what it is signed with: for a test delivery, which moves nothing.
create function public.registry_webhook_target(p_id text)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_row public.registry_webhooks;
begin
  select * into v_row from public.registry_webhooks where id = p_id;
  if v_row.id is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('there is no webhook "%s"', p_id),
      'see: nofx webhooks list');
  end if;
  return jsonb_build_object('webhook', v_row.id, 'url', v_row.url, 'deployment', v_row.deployment,
    'secret', v_row.secret);
end
$$;

revoke all on function public.registry_webhook_target(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_webhook_target(text) to service_role;
