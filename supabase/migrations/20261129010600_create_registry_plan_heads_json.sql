-- The heads of a kind as a CI job gets them that may write previews and nothing else: what a plan compares, for all of
-- them, and what the author says of them for those alone that every reader sees.
create function public.registry_plan_heads_json(p_kind text)
returns jsonb
language sql
stable
security definer
set search_path = ''
as $$
  select coalesce(jsonb_agg(
      case when head ->> 'state' in ('active', 'deprecated') and head -> 'version' <> 'null' then head
        else head || jsonb_build_object('hold', jsonb_build_array(), 'references', jsonb_build_array(),
          'metadata', jsonb_build_object('name', head ->> 'id', 'summary', '',
            'status', case head ->> 'state' when 'removed' then 'disabled' else head ->> 'state' end,
            'tags', jsonb_build_array(), 'provides', jsonb_build_array(), 'facts', jsonb_build_object()))
      end order by place), '[]')
  from jsonb_array_elements(public.registry_heads_json(p_kind)) with ordinality as heads(head, place)
$$;

revoke all on function public.registry_plan_heads_json(text) from public, anon, authenticated, service_role;
grant execute on function public.registry_plan_heads_json(text) to service_role;
