-- What a list shows of a definition whose content was withdrawn: its id alone.
create function public.registry_blank_metadata(p_id text)
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object('name', p_id, 'summary', '', 'status', 'draft', 'tags', '[]'::jsonb,
    'provides', '[]'::jsonb, 'facts', '{}'::jsonb)
$$;

revoke all on function public.registry_blank_metadata(text) from public, anon, authenticated, service_role;
