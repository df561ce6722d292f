-- Gives a destination a new secret. For a day deliveries are signed with the one before it as well, so that the receiver
-- can take the new one while it keeps answering; one that was replaced before that is forgotten at once.
create function public.registry_rotate_webhook(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_id text := p_request ->> 'id';
  v_row public.registry_webhooks;
begin
  select * into v_row from public.registry_webhooks where id = v_id for update;
  if v_row.id is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('there is no webhook "%s"', v_id),
      'see: nofx webhooks list');
  end if;
  if v_row.deployment then
    perform public.registry_refuse(422, 'REFUSED', format('the secret of the deployment %s is not stored here', v_id),
      'set NOFX_EVENTS_SECRET to the new and the old one, where deliveries are sent from and where they go');
  end if;
  update public.registry_webhooks
    set secret = p_request ->> 'secret', old_secret = secret, old_secret_until = now() + interval '1 day'
    where id = v_id
    returning * into v_row;
  return jsonb_build_object('id', v_id, 'oldSecretUntil', v_row.old_secret_until);
end
$$;

revoke all on function public.registry_rotate_webhook(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_rotate_webhook(jsonb) to service_role;
