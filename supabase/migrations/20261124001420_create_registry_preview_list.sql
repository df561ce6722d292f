-- Every preview there is, with how many definitions differ from production.
create function public.registry_preview_list()
returns jsonb
language plpgsql
security definer
set search_path = ''
-- what the planner guesses of the views is much more than there is
set jit = off
as $$
declare
  v_row public.registry_previews;
  v_schema text;
  v_list jsonb := '[]'::jsonb;
begin
  for v_row in select * from public.registry_previews order by name collate "C" loop
    v_schema := public.registry_preview_schema(v_row.name);
    perform pg_advisory_xact_lock_shared(hashtextextended(v_schema, 6));
    -- it may have been taken down while this waited
    if to_regnamespace(v_schema) is not null then
      v_list := v_list || (public.registry_preview_json(v_row)
        || jsonb_build_object('changes', jsonb_array_length(public.registry_preview_compare(v_schema))));
    end if;
  end loop;
  return v_list;
end
$$;

revoke all on function public.registry_preview_list() from public, anon, authenticated, service_role;
grant execute on function public.registry_preview_list() to service_role;
