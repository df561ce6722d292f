-- The functions that can be called in a preview, by registry_preview_read and registry_preview_write. What they call,
-- and the tables that they write, is the preview's own too.
create function public.registry_preview_entries()
returns jsonb
language sql
immutable
set search_path = ''
as $$
  select jsonb_build_object(
    'read', jsonb_build_array('registry_list', 'registry_heads_json', 'registry_events_since',
      'registry_stored_bundles', 'registry_live_at', 'registry_plan_heads_json'),
    'write', jsonb_build_array('registry_stage', 'registry_commit', 'registry_rollback', 'registry_undelete',
      'registry_promote', 'registry_report', 'registry_instantiate', 'registry_stored_objects'))
$$;

revoke all on function public.registry_preview_entries() from public, anon, authenticated, service_role;
