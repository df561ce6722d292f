-- Refusals: of requests by functions, and of changes to the history by triggers.

-- Refuses a request: raises an exception with the HTTP status as SQLSTATE and the CLI's code in the detail.
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

-- Refuses every update, delete and truncate of a table of the history, also by the owner of the database.
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

-- Refuses every update of a row of the history except the one of registry_withdraw, which deletes the published
-- content once and changes nothing else.
create function public.registry_refuse_rewrite()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_old jsonb := to_jsonb(old);
  v_new jsonb := to_jsonb(new);
  v_content text[];
  v_blank jsonb;
begin
  if v_old ? 'document' then
    v_content := array['document'];
    v_blank := '{"document": {"withdrawn": true}}';
  elsif v_old ? 'withdrawn_at' and v_old ->> 'withdrawn_at' is null and v_new ->> 'withdrawn_at' is not null then
    v_content := array['manifest', 'texts', 'files', 'refs', 'metadata', 'withdrawn_at', 'withdrawn_by',
      'withdrawn_reason'];
    v_blank := jsonb_build_object('manifest', '{}'::jsonb, 'texts', '{}'::jsonb, 'files', '[]'::jsonb,
      'refs', '[]'::jsonb, 'metadata', public.registry_blank_metadata(v_old ->> 'id'));
  end if;
  if v_new @> v_blank and v_new - v_content = v_old - v_content then
    return new;
  end if;
  raise sqlstate 'PT403' using
    message = format('%s is append-only: %s refused', tg_table_name, lower(tg_op)),
    hint = 'append a revision with registry_commit or registry_rollback',
    detail = '{"code": "REFUSED"}';
end
$$;
revoke all on function public.registry_refuse_rewrite() from public, anon, authenticated, service_role;
