-- A commit names what it commits: all parts must have arrived, and be what the publisher hashed.
create function public.registry_check_staged(p_principal text, p_key text, p_parts integer, p_content text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_parts integer;
  v_content text;
begin
  select
    count(distinct (kind, part)),
    encode(sha256(convert_to(coalesce(string_agg(
      concat(kind, '/', id, ' ', digest, ' ', expected_version, E'\n'), ''
      order by concat(kind, '/', id, ' ', digest, ' ', expected_version) collate "C"), ''), 'UTF8')), 'hex')
  into v_parts, v_content
  from public.registry_staged where principal = p_principal and key = p_key;
  if v_parts <> p_parts then
    perform public.registry_refuse(409, 'CONFLICT',
      case v_parts
        when 0 then 'nothing is staged under this key: it was committed, or it expired'
        else format('%s of %s parts of this publish have arrived', v_parts, p_parts)
      end, 'publish again',
      jsonb_build_object('parts', v_parts, 'expectedParts', p_parts));
  end if;
  if v_content <> p_content then
    perform public.registry_refuse(422, 'REFUSED',
      'what has arrived under this key is not what the publisher committed to', 'publish again',
      jsonb_build_object('content', v_content, 'expectedContent', p_content));
  end if;
end
$$;

revoke all on function public.registry_check_staged(text, text, integer, text)
  from public, anon, authenticated, service_role;
