-- History is only ever added to, whoever asks.
create function public.registry_refuse_change()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
  raise sqlstate 'PT403' using
    message = format('%s is append-only: %s refused', tg_table_name, lower(tg_op)),
    hint = 'append a revision with registry_commit or registry_rollback',
    detail = '{"code": "REFUSED"}';
end
$$;

revoke all on function public.registry_refuse_change() from public, anon, authenticated, service_role;
