-- The one way in which a function says no: the HTTP status as SQLSTATE, the CLI's code in the detail.
create function public.registry_refuse(
  p_status integer, p_code text, p_message text, p_hint text, p_detail jsonb default '{}'
)
returns void
language plpgsql
set search_path = ''
as $$
begin
  raise exception using
    errcode = 'PT' || p_status,
    message = p_message,
    hint = p_hint,
    detail = (p_detail || jsonb_build_object('code', p_code))::text;
end
$$;

revoke all on function public.registry_refuse(integer, text, text, text, jsonb)
  from public, anon, authenticated, service_role;
