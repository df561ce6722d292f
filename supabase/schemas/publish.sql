-- A publish, part 3: registry_commit, and the functions that it calls, in order. The last is registry_finish
-- (finish.sql).

-- Publishes the definitions that were staged under a key and removes the definitions that the request names, as one
-- release or not at all. "kinds" are the kinds that the publisher may publish: another job of the same repository and
-- ref may have staged other kinds under the key.
create function public.registry_commit(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
-- every join must look up rows by key, for one definition or 10,000: after a first publish the statistics are wrong
set jit = off
set enable_seqscan = off
set enable_hashjoin = off
set enable_mergejoin = off
as $$
declare
  v_key text := p_request ->> 'key';
  v_principal text := coalesce(p_request ->> 'principal', 'owner');
  v_parts integer := (p_request ->> 'parts')::integer;
  v_call jsonb := public.registry_begin(p_request);
  v_result jsonb := v_call -> 'replay';
  v_outcomes jsonb;
  v_origin text := case when v_parts = 0 then 'remove' else 'publish' end;
  v_other text;
begin
  -- A commit that changed nothing deleted its staged parts: a retry without parts gets the stored answer, a retry with
  -- parts is decided again.
  if v_parts > 0 and v_call ->> 'answered' is not null
      and not exists (select from public.registry_staged where principal = v_principal and key = v_key) then
    v_result := v_call -> 'answered' || '{"replayed": true}';
  end if;
  if v_result is null then
    -- registry_stage waits for this lock, and this call waits for a part that is being staged
    perform pg_advisory_xact_lock(hashtextextended(v_principal || ' ' || v_key, 0));
    select min(kind) into v_other
      from public.registry_staged
      where principal = v_principal and key = v_key and not p_request -> 'kinds' ? kind;
    if v_other is not null then
      perform public.registry_refuse(403, 'REMOTE_DENIED',
        format('this identity may not publish %s, which are staged under the same key', v_other),
        format('ask the owner of the registry to add %s to "identities" in registry_policies', v_other));
    end if;
    perform public.registry_check_staged(v_principal, v_key, v_parts, p_request ->> 'content');
    perform public.registry_check_objects(v_principal, v_key);
    perform public.registry_check_commit(p_request -> 'commit');
    v_outcomes := public.registry_decide(v_call);
    perform public.registry_check_decided(v_outcomes, false);
    perform public.registry_check_rank((p_request -> 'commit' ->> 'rank')::integer, v_outcomes);
    perform public.registry_append_staged(v_call, v_outcomes);
    perform public.registry_append_copies(v_call, 'remove', v_outcomes);
    perform public.registry_check_published(v_call ->> 'release');
    v_result := public.registry_finish(v_call, v_origin, v_outcomes);
  end if;
  delete from public.registry_staged where principal = v_principal and key = v_key;
  -- deletes parts that other publishers staged and never committed
  perform public.registry_sweep('1 day');
  return v_result;
end
$$;
revoke all on function public.registry_commit(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_commit(jsonb) to service_role;

-- Refuses a commit unless all its parts are staged with the content that the publisher hashed.
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
        when 0 then 'nothing is staged under this key: it was committed without changes, or it expired'
        else format('%s of %s parts of this publish are staged', v_parts, p_parts)
      end, 'publish again',
      jsonb_build_object('parts', v_parts, 'expectedParts', p_parts));
  end if;
  if v_content <> p_content then
    perform public.registry_refuse(422, 'REFUSED',
      'the content staged under this key is not the content that the publisher hashed', 'publish again',
      jsonb_build_object('content', v_content, 'expectedContent', p_content));
  end if;
end
$$;
revoke all on function public.registry_check_staged(text, text, integer, text)
  from public, anon, authenticated, service_role;

-- The outcome of a publish for each definition, sorted, with the version that it will have. A promoted draft is live
-- with content that the publisher's tree still has as a draft: publishing it again changes nothing. Withdrawn content
-- stays held, also with "unhold".
create function public.registry_decide(p_call jsonb)
returns jsonb
language sql
stable
set search_path = ''
as $$
  with wanted as (
    select
      s.kind, s.id, s.digest, s.expected_version,
      case
        when h.hold @> jsonb_build_array(jsonb_build_object('digest', s.digest, 'withdrawn', true)) then 'held'
        when h.latest_digest = s.digest
          and case
              when h.draft_version is not null then 'draft'
              -- the state without the operator's switch
              when h.disabled is not null and h.state = 'disabled' then h.metadata ->> 'status'
              else h.state
            end in (s.state, case when s.state = 'draft' then 'active' end) then 'unchanged'
        when h.commit_rank > (p_call -> 'commit' ->> 'rank')::integer then 'stale'
        when h.hold @> jsonb_build_array(jsonb_build_object('digest', s.digest))
          and not coalesce((p_call ->> 'unhold')::boolean, false) then 'held'
        when coalesce(h.latest_version, 0) <> s.expected_version then 'conflict'
        when h.kind is null or h.state = 'removed' then 'added'
        else 'updated'
      end as outcome,
      h.version, h.latest_version, h.digest as head_digest
    from public.registry_staged s
    left join public.registry_heads h on h.kind = s.kind and h.id = s.id
    where s.principal = p_call ->> 'principal' and s.key = p_call ->> 'key'
    union all
    select
      r.kind, r.id, null, r."expectedVersion",
      case
        when h.kind is null then 'missing'
        when h.state = 'removed' then 'unchanged'
        when h.commit_rank > (p_call -> 'commit' ->> 'rank')::integer then 'stale'
        when h.latest_version <> r."expectedVersion" then 'conflict'
        else 'removed'
      end,
      h.version, h.latest_version, h.digest
    from jsonb_to_recordset(p_call -> 'removals') as r(kind text, id text, "expectedVersion" integer)
    left join public.registry_heads h on h.kind = r.kind and h.id = r.id
  )
  select coalesce(jsonb_agg(
    jsonb_build_object(
      'kind', kind, 'id', id, 'outcome', outcome,
      'version', case
        when outcome in ('added', 'updated', 'removed') then coalesce(latest_version, 0) + 1
        when outcome = 'unchanged' then latest_version
        else version
      end,
      'digest', case when outcome in ('stale', 'held') then head_digest else coalesce(digest, head_digest) end)
    || case outcome
      when 'removed' then jsonb_build_object('source', coalesce(version, latest_version), 'state', 'removed')
      when 'conflict' then jsonb_build_object('expectedVersion', expected_version)
      else '{}'
    end
    order by kind collate "C", id collate "C"), '[]')
  from wanted
$$;
revoke all on function public.registry_decide(jsonb) from public, anon, authenticated, service_role;

-- Refuses a whole publish, or the undo of a release, when one of its definitions was changed or removed meanwhile.
create function public.registry_check_decided(p_outcomes jsonb, p_undo boolean)
returns void
language plpgsql
set search_path = ''
as $$
declare
  v_rows jsonb;
begin
  if p_outcomes @> '[{"outcome": "missing"}]' then
    select jsonb_agg(jsonb_build_object('kind', o ->> 'kind', 'id', o ->> 'id')) into v_rows
      from jsonb_array_elements(p_outcomes) as o where o ->> 'outcome' = 'missing';
    perform public.registry_refuse(404, 'NOT_FOUND',
      format('%s/%s cannot be removed, it does not exist', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id'), 'plan again',
      jsonb_build_object('definitions', v_rows));
  end if;
  if p_outcomes @> '[{"outcome": "conflict"}]' then
    select jsonb_agg(jsonb_build_object(
        'kind', o.kind, 'id', o.id, 'expectedVersion', o."expectedVersion", 'version', coalesce(h.latest_version, 0),
        'commit', h.commit_sha, 'origin', r.origin, 'actor', r.actor) order by o.kind collate "C", o.id collate "C") into v_rows
      from jsonb_to_recordset(p_outcomes) as o(kind text, id text, outcome text, "expectedVersion" integer)
      left join public.registry_heads h on h.kind = o.kind and h.id = o.id
      left join public.registry_revisions r on r.kind = o.kind and r.id = o.id and r.version = h.latest_version
      where o.outcome = 'conflict';
    perform public.registry_refuse(409, 'CONFLICT',
      format('%s/%s is at version %s (%s), the %s version %s%s', v_rows -> 0 ->> 'kind', v_rows -> 0 ->> 'id',
        v_rows -> 0 ->> 'version',
        -- a version that no publish made is named by the effect that made it: its commit has not changed
        case when coalesce(v_rows -> 0 ->> 'origin', 'publish') = 'publish'
          then 'commit ' || coalesce(v_rows -> 0 ->> 'commit', 'none')
          else format('%s by %s', v_rows -> 0 ->> 'origin', v_rows -> 0 ->> 'actor') end,
        case when p_undo then 'release made' else 'plan expected' end, v_rows -> 0 ->> 'expectedVersion',
        case when jsonb_array_length(v_rows) > 1 then format('; and %s more', jsonb_array_length(v_rows) - 1) end),
      case when p_undo then 'add --force to undo the release nevertheless'
        else 'plan again, then apply the new plan' end,
      jsonb_build_object('definitions', v_rows));
  end if;
  if exists (select from jsonb_to_recordset(p_outcomes) as o(kind text, id text) group by kind, id having count(*) > 1)
  then
    perform public.registry_refuse(422, 'REFUSED',
      'a definition is both published and removed by one release', 'publish again');
  end if;
end
$$;
revoke all on function public.registry_check_decided(jsonb, boolean) from public, anon, authenticated, service_role;

-- Appends the staged definitions as revisions. Content that was published before keeps its bundle: the digest does not
-- depend on the encoding of the archive, so a second archive of it may differ from the stored one. Each outcome looks up
-- its rows: "limit" keeps the planner from comparing all outcomes with all staged rows, which it would do here because
-- the statistics say that nothing is staged.
create function public.registry_append_staged(p_call jsonb, p_outcomes jsonb)
returns void
language sql
set search_path = ''
as $$
  insert into public.registry_kinds (kind, singular)
  select distinct kind, singular from public.registry_staged
  where principal = p_call ->> 'principal' and key = p_call ->> 'key'
  on conflict do nothing;

  insert into public.registry_revisions (
    kind, id, version, digest, prompt_hash, state, declared_version, manifest, texts, files, git_tree, refs, metadata,
    bundle_path, bundle_size, bundle_sha256, commit_sha, commit_rank, commit_ref, dirty,
    origin, actor, reason, release_id, created_at)
  select
    s.kind, s.id, o.version, s.digest, s.prompt_hash,
    public.registry_state_under_switch('publish', s.state, s.metadata ->> 'status', h.disabled), s.declared_version, s.manifest, s.texts, s.files,
    s.git_tree, s.refs, s.metadata, coalesce(b.bundle_path, s.bundle_path), coalesce(b.bundle_size, s.bundle_size),
    coalesce(b.bundle_sha256, s.bundle_sha256), p_call -> 'commit' ->> 'sha',
    (p_call -> 'commit' ->> 'rank')::integer, p_call -> 'commit' ->> 'ref',
    coalesce((p_call -> 'commit' ->> 'dirty')::boolean, false),
    'publish', p_call ->> 'actor', p_call ->> 'reason', p_call ->> 'release', (p_call ->> 'at')::timestamptz
  from jsonb_to_recordset(p_outcomes) as o(kind text, id text, outcome text, version integer)
  cross join lateral (
    select * from public.registry_staged s
    where s.principal = p_call ->> 'principal' and s.key = p_call ->> 'key' and s.kind = o.kind and s.id = o.id limit 1
  ) s
  left join lateral (
    select h.disabled from public.registry_heads h where h.kind = o.kind and h.id = o.id limit 1
  ) h on true
  left join lateral (
    select r.bundle_path, r.bundle_size, r.bundle_sha256 from public.registry_revisions r
    where o.version > 1 and r.kind = o.kind and r.id = o.id and r.digest = s.digest limit 1
  ) b on true
  where o.outcome in ('added', 'updated')
$$;
revoke all on function public.registry_append_staged(jsonb, jsonb) from public, anon, authenticated, service_role;
