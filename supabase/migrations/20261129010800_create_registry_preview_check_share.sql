-- Keeps a share of the previews for each: every repository whose CI may write previews has an equal one, and a tenth, at
-- most five, is left to people. So none takes what another needs. The owner's secret key has no share, only the whole.
create function public.registry_preview_check_share(p_holder text, p_repository text, p_count integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_listed text[];
  v_share integer;
  v_taken integer;
begin
  if p_holder is null then
    return;
  end if;
  select coalesce(array_agg(distinct e.entry ->> 'repository'), '{}') into v_listed
    from public.registry_policies p
    cross join lateral jsonb_array_elements(p.identities) as e(entry)
    where e.entry -> 'previews' = 'true';
  v_share := greatest(1, (p_count - least(5, p_count / 10)) / greatest(1, cardinality(v_listed)));
  if p_holder = 'publisher' then
    v_share := greatest(1, p_count - v_share * cardinality(v_listed));
  end if;
  select count(*) into v_taken from public.registry_previews
    where case p_holder
      when 'publisher' then split_part(origin, '#', 1) <> all (v_listed)
      else split_part(origin, '#', 1) = p_repository
    end;
  if v_taken >= v_share then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s have as many previews as their share of this registry: %s',
        case p_holder when 'publisher' then 'publishers' else 'jobs of ' || p_repository end, v_share),
      'take one down: nofx preview list shows them',
      jsonb_build_object('rule', 'NOFX_PREVIEW_QUOTA', 'limit', v_share));
  end if;
end
$$;

revoke all on function public.registry_preview_check_share(text, text, integer)
  from public, anon, authenticated, service_role;
