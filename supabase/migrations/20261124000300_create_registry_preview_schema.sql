-- The schema of a preview. One to one, since names have no `_`; whatever is no name gets no further than this.
create function public.registry_preview_schema(p_name text)
returns text
language plpgsql
set search_path = ''
as $$
begin
  if (p_name collate "C" ~ '^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$') is not true then
    perform public.registry_refuse(422, 'REFUSED', format('"%s" is no name of a preview', left(p_name, 60)),
      'use up to 40 lower-case letters, digits and "-" between them, such as pr-123',
      '{"rule": "NOFX_PREVIEW_NAME"}');
  end if;
  return 'preview_' || replace(p_name, '-', '_');
end
$$;

revoke all on function public.registry_preview_schema(text) from public, anon, authenticated, service_role;
