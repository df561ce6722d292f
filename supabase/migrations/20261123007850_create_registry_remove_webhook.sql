-- Removes a destination with its secret and its dead letters. A delivery under way ends, and settles nothing.
create function public.registry_remove_webhook(p_id text)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_url text;
begin
  delete from public.registry_webhooks where id = p_id returning url into v_url;
  if v_url is null then
    perform public.registry_refuse(404, 'NOT_FOUND', format('there is no webhook "%s"', p_id),
      'see: nofx webhooks list');
  end if;
  return jsonb_build_object('id', p_id, 'url', v_url);
end
$$;

revoke all on function public.registry_remove_webhook(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_remove_webhook(text) to service_role;
