-- History is only added to, and of what was published only the content can go: exactly what registry_withdraw does, once.
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

create trigger append_only_rows before update on public.registry_revisions
  for each row execute function public.registry_refuse_rewrite();
create trigger append_only_rows before update on public.template_instantiations
  for each row execute function public.registry_refuse_rewrite();
