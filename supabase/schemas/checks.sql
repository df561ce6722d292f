-- The checks of a release. The checks of references are in references.sql.

-- Refuses a rank far above every other rank of the registry for a definition that has a history: every later publish
-- would be stale. New definitions have no order yet, and a preview has no order (all its ranks are 0).
create function public.registry_check_rank(p_rank integer, p_outcomes jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  -- commits between two publishes of one history, with a wide margin (docs/decisions/021-order-of-commits.md)
  v_jump constant integer := 100000;
  v_newest integer;
begin
  if not (p_outcomes @> '[{"outcome": "updated"}]' or p_outcomes @> '[{"outcome": "removed"}]') then
    return;
  end if;
  -- In nearly all cases the definition that moved last has such a rank, and the others are not read.
  if (
    select h.commit_rank >= p_rank - v_jump
    from (select kind, id from public.registry_events order by seq desc limit 1) as e
    join public.registry_heads h on h.kind = e.kind and h.id = e.id
  ) then
    return;
  end if;
  v_newest := (select max(commit_rank) from public.registry_heads);
  if v_newest > 0 and p_rank - v_newest > v_jump then
    perform public.registry_refuse(422, 'REFUSED',
      format('the rank %s is %s above the highest rank of the registry, %s', p_rank, p_rank - v_newest, v_newest),
      'check --rank; after a move to another repository, the owner of the registry runs: nofx registry rebase-rank --reason "<why>"',
      jsonb_build_object('rule', 'NOFX_COMMIT_RANK', 'limit', v_newest + v_jump));
  end if;
end
$$;
revoke all on function public.registry_check_rank(integer, jsonb) from public, anon, authenticated, service_role;

-- Refuses a release when the bundle of a revision is missing from storage or has another size.
create function public.registry_check_bundles(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_missing jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', r.kind, 'id', r.id, 'path', r.bundle_path, 'size', r.bundle_size, 'stored', o.size)
      order by r.bundle_path) into v_missing
    from public.registry_revisions r
    -- the limit makes the planner use the index, also when it expects few rows
    left join lateral (
      select (metadata ->> 'size')::bigint as size from storage.objects o
      where bucket_id = 'registry' and name = r.bundle_path
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      limit 1
    ) o on true
    where r.release_id = p_release and r.state <> 'removed'
      -- a lost bundle must not keep an operator from disabling a definition
      and r.origin <> 'disable' and o.size is distinct from r.bundle_size;
  if v_missing is not null then
    perform public.registry_refuse(422, 'REFUSED',
      case when jsonb_array_length(v_missing) = 1
        then format('the bundle %s is missing from storage or has another size', v_missing -> 0 ->> 'path')
        else format('%s bundles are missing from storage or have another size, the first is %s',
          jsonb_array_length(v_missing), v_missing -> 0 ->> 'path')
      end,
      'publish again: missing bundles are uploaded',
      jsonb_build_object('rule', 'NOFX_BUNDLE_MISSING', 'bundles', v_missing));
  end if;
end
$$;
revoke all on function public.registry_check_bundles(text) from public, anon, authenticated, service_role;

-- Refuses a commit when a stored object was replaced after its bytes were hashed at staging. An object that was missing
-- then ('') was not hashed; registry_check_bundles refuses it when it is still missing.
create function public.registry_check_objects(p_principal text, p_key text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_changed jsonb;
begin
  select jsonb_agg(jsonb_build_object('kind', s.kind, 'id', s.id, 'path', s.bundle_path) order by s.bundle_path)
    into v_changed
    from public.registry_staged s
    -- the limit makes the planner use the index
    left join lateral (
      select concat_ws(' ', id, version) as object from storage.objects o
      where bucket_id = 'registry' and name = s.bundle_path
        and not (to_jsonb(o) @? '$ ? (@.archived_at != null || @.is_delete_marker == true)')
      limit 1
    ) o on true
    where s.principal = p_principal and s.key = p_key and s.bundle_object is not null
      and coalesce(o.object, '') <> s.bundle_object;
  if v_changed is not null then
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s was stored or replaced after it was checked', v_changed -> 0 ->> 'path'),
      'publish again: missing bundles are uploaded and checked',
      jsonb_build_object('rule', 'NOFX_BUNDLE_CHANGED', 'bundles', v_changed));
  end if;
end
$$;
revoke all on function public.registry_check_objects(text, text) from public, anon, authenticated, service_role;

-- Refuses a publish or promotion that breaks a rule that only the registry can check: a declared version names one
-- content for ever, and values stay within the caps of the registry.
create function public.registry_check_published(p_release text)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  select jsonb_agg(jsonb_build_object(
      'kind', r.kind, 'id', r.id, 'declaredVersion', r.declared_version, 'version', e.version, 'commit', e.commit_sha)
      order by r.kind collate "C", r.id collate "C") into v_rows
    from public.registry_revisions r
    join lateral (
      select p.version, p.commit_sha from public.registry_revisions p
      where p.kind = r.kind and p.id = r.id and p.version < r.version and p.state not in ('draft', 'removed')
        and p.declared_version = r.declared_version and p.digest <> r.digest
      order by p.version desc limit 1
    ) e on true
    where r.release_id = p_release and r.version > 1 and r.origin in ('publish', 'promote') and r.state <> 'draft';
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s %s is already published with other content, as version %s', v_rows -> 0 ->> 'kind',
        v_rows -> 0 ->> 'id', v_rows -> 0 ->> 'declaredVersion', v_rows -> 0 ->> 'version'),
      'raise "version" in the manifest', jsonb_build_object('rule', 'NOFX_VERSION_REUSED', 'definitions', v_rows));
  end if;
  select jsonb_agg(jsonb_build_object('kind', r.kind, 'id', r.id, 'field', c.key, 'value', v.value, 'cap', c.value)
      order by r.kind collate "C", r.id collate "C") into v_rows
    from public.registry_policies p
    cross join lateral jsonb_each(p.caps) as c
    join public.registry_revisions r
      on r.release_id = p_release and r.kind = p.kind and r.origin in ('publish', 'promote')
    -- the facts of a kind have presets resolved to numbers; a manifest may name the preset alone
    cross join lateral (
      select coalesce(r.metadata -> 'facts' #> string_to_array(c.key, '.'), r.manifest #> string_to_array(c.key, '.'))
        as value
    ) as v
    where jsonb_typeof(v.value) = 'number' and v.value > c.value;
  if v_rows is not null then
    perform public.registry_refuse(422, 'REFUSED',
      format('%s/%s has %s %s, this registry allows at most %s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        v_rows -> 0 ->> 'field', v_rows -> 0 ->> 'value', v_rows -> 0 ->> 'cap'),
      format('lower %s in the manifest', v_rows -> 0 ->> 'field'),
      jsonb_build_object('rule', 'NOFX_POLICY_CAP', 'definitions', v_rows));
  end if;
end
$$;
revoke all on function public.registry_check_published(text) from public, anon, authenticated, service_role;
