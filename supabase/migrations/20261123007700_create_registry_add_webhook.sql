-- Adds a destination, which gets what happens from now on.
create function public.registry_add_webhook(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_url text := p_request ->> 'url';
  v_row public.registry_webhooks;
begin
  -- one at a time, so that the limit holds
  lock table public.registry_webhooks in share row exclusive mode;
  select * into v_row from public.registry_webhooks where url = v_url;
  if v_row.id is not null then
    perform public.registry_refuse(409, 'CONFLICT', 'this URL is a webhook already: ' || v_row.id,
      'nofx webhooks remove ' || v_row.id, jsonb_build_object('id', v_row.id));
  end if;
  if (select count(*) from public.registry_webhooks) >= 100 then
    perform public.registry_refuse(422, 'REFUSED', 'there are 100 webhooks, and there may be no more',
      'nofx webhooks remove one that nobody needs');
  end if;
  insert into public.registry_webhooks (url, deployment, secret, kinds, types, audience, cursor, created_by)
  select v_url, (p_request ->> 'deployment')::boolean, p_request ->> 'secret',
    array(select jsonb_array_elements_text(p_request -> 'kinds')),
    array(select jsonb_array_elements_text(p_request -> 'types')),
    p_request ->> 'audience', c.seq, p_request ->> 'actor'
  from public.registry_counter c
  returning * into v_row;
  return jsonb_build_object('id', v_row.id, 'cursor', v_row.cursor);
end
$$;

revoke all on function public.registry_add_webhook(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_add_webhook(jsonb) to service_role;
