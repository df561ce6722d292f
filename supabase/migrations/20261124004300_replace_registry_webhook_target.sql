-- A test delivery is signed with an old secret, too, as long as it counts.
create or replace function public.registry_webhook_target(p_id text)
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
    'secret', v_row.secret,
    'oldSecret', case when v_row.old_secret_until > now() then v_row.old_secret end);
end
$$;
