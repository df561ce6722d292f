-- Versions and ranges in the order of semver.

-- A key for a version whose byte order is semver's precedence; null for a text that is not a version. The first 48
-- characters are major, minor and patch; then `~`, or the identifiers of a prerelease.
create function public.registry_version_key(p_version text)
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_parts text[] := regexp_match(
    p_version, '^([0-9]+)\.([0-9]+)\.([0-9]+)(?:-([0-9A-Za-z.-]+))?(?:\+[0-9A-Za-z.-]+)?$');
  v_key text := lpad(v_parts[1], 16, '0') || lpad(v_parts[2], 16, '0') || lpad(v_parts[3], 16, '0');
  v_identifier text;
begin
  if greatest(length(v_parts[1]), length(v_parts[2]), length(v_parts[3])) > 16 then
    return null;
  end if;
  if v_parts[4] is null then
    return v_key || '~';
  end if;
  foreach v_identifier in array string_to_array(v_parts[4], '.') loop
    -- `!` sorts before every character of an identifier; a number sorts by its length, and before a word
    v_key := v_key || case
      when v_identifier ~ '^[0-9]+$' then '0' || lpad(length(v_identifier)::text, 3, '0')
      else '1'
    end || v_identifier || '!';
  end loop;
  return v_key;
end
$$;
revoke all on function public.registry_version_key(text) from public, anon, authenticated, service_role;

-- Whether a version is in a range, given as the comparator sets of node-semver: all comparators of one set must hold.
-- As in node-semver, a prerelease is only in a range that names a prerelease of the same major, minor and patch.
create function public.registry_version_allowed(p_version text, p_allowed jsonb)
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_key text := public.registry_version_key(p_version);
  v_set jsonb;
  v_comparator jsonb;
  v_bound text;
  v_holds boolean;
  v_named boolean;
begin
  for v_set in select s.value from jsonb_array_elements(p_allowed) as s loop
    v_holds := v_key is not null;
    v_named := right(v_key, 1) = '~';
    for v_comparator in select c.value from jsonb_array_elements(v_set) as c loop
      v_bound := public.registry_version_key(v_comparator ->> 'version');
      v_named := v_named or (right(v_bound, 1) <> '~' and left(v_bound, 48) = left(v_key, 48));
      v_holds := v_holds and coalesce(case v_comparator ->> 'op'
        when '>=' then v_key collate "C" >= v_bound
        when '<=' then v_key collate "C" <= v_bound
        when '>' then v_key collate "C" > v_bound
        when '<' then v_key collate "C" < v_bound
        when '=' then v_key = v_bound
      end, false);
    end loop;
    if v_holds and v_named then
      return true;
    end if;
  end loop;
  return false;
end
$$;
revoke all on function public.registry_version_allowed(text, jsonb) from public, anon, authenticated, service_role;
