-- Refuses a release that refers to what the registry does not have; what it left without is another question.
drop function public.registry_check_references(text, boolean, boolean);

create function public.registry_check_references(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb := public.registry_broken_references(p_release);
  v_name text := format('%s/%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id');
  v_target jsonb := v_rows -> 0 -> 'target';
begin
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      case v_rows -> 0 ->> 'why'
        when 'demand' then format('%s demands "%s" of %s %s, and none that is live offers it', v_name,
          v_target ->> 'provides', v_target ->> 'kind',
          (select string_agg(id, ' or ') from jsonb_array_elements_text(v_target -> 'oneOf') as o(id)))
        when 'range' then format('%s requires %s/%s %s, the registry has %s', v_name, v_target ->> 'kind',
          v_target ->> 'id', v_target ->> 'range', coalesce(v_target ->> 'version', 'it without a version'))
        else format('%s %s %s/%s, which the registry does not have live', v_name, v_rows -> 0 ->> 'relation',
          v_target ->> 'kind', v_target ->> 'id')
      end,
      case v_rows -> 0 ->> 'why'
        when 'demand' then 'publish one that offers it first, or together with this'
        when 'range' then 'publish a version in that range first, or change the range'
        else 'publish that one first, or together with it'
      end,
      jsonb_build_object('rule', 'NOFX_REFERENCE_MISSING', 'references', v_rows));
  end if;
end
$$;

revoke all on function public.registry_check_references(text) from public, anon, authenticated, service_role;
