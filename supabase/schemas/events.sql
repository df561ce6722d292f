-- The change feed: its table, the announcement of new events, reads by cursor, and the deletion of old events.

-- The change feed, the one record of all changes in order. Notifications only announce that the feed has new events.
create table public.registry_events (
  seq bigint primary key,
  type text not null,
  kind text not null,
  id text not null,
  version integer,
  digest text,
  release_id text,
  -- `publisher`: drafts, disabled definitions and failed validations are for publishers alone
  audience text not null check (audience in ('public', 'publisher')),
  at timestamptz not null,
  -- what no other event with this number has: after a restore from a backup the numbers are given a second time
  mark uuid not null default gen_random_uuid()
);
create index registry_events_release on public.registry_events (release_id);
-- finds the last event by a time
create index registry_events_time on public.registry_events (at, seq);
-- finds the definitions that changed after an event
create index registry_events_definition on public.registry_events (kind, id, seq);
create trigger tell_events after insert on public.registry_events
  referencing new table as inserted
  for each statement execute function public.registry_tell_events();
alter table public.registry_events enable row level security;
revoke all on public.registry_events from public, anon, authenticated, service_role;
grant select on public.registry_events to anon, authenticated, service_role;
create policy public_events on public.registry_events
  for select to anon using (audience = 'public');
create policy signed_in_read on public.registry_events
  for select to authenticated using ((select public.registry_is_publisher()) or (audience = 'public'));

-- Writes the events of a release, before its heads move: the type of an event depends on what readers saw before and
-- see afterwards. A disabled definition is removed for the public, and its event has no digest.
create function public.registry_write_events(p_release text)
returns bigint
language sql
set search_path = ''
as $$
  with moved as (
    select
      r.kind, r.id, r.version, r.digest, r.state, r.created_at, coalesce(k.singular, r.kind) as singular,
      h.kind is null or h.state = 'removed' as fresh,
      r.state <> 'draft' and h.version is not null and h.state in ('active', 'deprecated') as was_public,
      r.state in ('active', 'deprecated') as is_public,
      (select seq from public.registry_counter)
        + row_number() over (order by r.kind collate "C", r.id collate "C") as seq
    from public.registry_revisions r
    left join public.registry_heads h on h.kind = r.kind and h.id = r.id
    left join public.registry_kinds k on k.kind = r.kind
    where r.release_id = p_release
  )
  insert into public.registry_events (seq, type, kind, id, version, digest, release_id, audience, at)
  select
    seq,
    singular || case
      when was_public and is_public then '.updated'
      when is_public then '.added'
      when was_public or state = 'removed' then '.removed'
      when fresh then '.added'
      else '.updated'
    end,
    kind, id, version,
    case when was_public and state = 'disabled' then null else digest end,
    p_release,
    case when was_public or is_public then 'public' else 'publisher' end,
    created_at
  from moved;

  update public.registry_counter
  set seq = seq + (select count(*) from public.registry_events where release_id = p_release)
  returning seq
$$;
revoke all on function public.registry_write_events(text) from public, anon, authenticated, service_role;

-- Announces new events at commit: NOTIFY on every PostgreSQL, and broadcasts where Supabase Realtime exists. Both are
-- hints that may be lost; readers read the feed by cursor.
create function public.registry_tell_events()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
  v_from bigint;
  v_to bigint;
begin
  select min(seq), max(seq) into v_from, v_to from inserted;
  if v_to is null then
    return null;
  end if;
  perform pg_notify('nofx_events', format('{"from":%s,"to":%s}', v_from, v_to));
  -- every write deletes up to twice as many old events, so that the retention policy holds without a schedule
  perform public.registry_prune_events(jsonb_build_object('most', 2 * (v_to - v_from + 1)));
  if to_regprocedure('realtime.send(jsonb,text,text,boolean)') is not null then
    begin
      perform realtime.send(payload, 'change', topic, private)
      from (
        select m.topic, m.private,
          jsonb_build_object('seq', m.seq, 'type', m.type, 'kind', m.kind, 'id', m.id, 'version', m.version) as payload
        from (
          select e.*, t.topic, t.private, row_number() over (partition by t.topic order by e.seq) as place,
            e.seq = max(e.seq) over (partition by t.topic) as is_last
          from inserted e
          join (values ('registry', false), ('registry:publisher', true)) as t(topic, private)
            on t.private or e.audience = 'public'
        ) as m
        -- the first hundred events of a large release and the last: enough to make subscribers read the feed
        where m.place <= 100 or m.is_last
        order by m.seq, m.topic
      ) as messages;
    exception when others then
      -- a release must not fail because a broadcast failed
      raise warning 'events % to % were not broadcast: %', v_from, v_to, sqlerrm;
    end;
  end if;
  return null;
end
$$;
revoke all on function public.registry_tell_events() from public, anon, authenticated, service_role;

-- Supabase Realtime streams the feed (postgres_changes) with each subscriber's own rights, from this publication.
do $$
begin
  if not exists (select from pg_catalog.pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
  if not exists (
    select from pg_catalog.pg_publication_tables
    where pubname = 'supabase_realtime' and schemaname = 'public' and tablename = 'registry_events'
  ) then
    alter publication supabase_realtime add table public.registry_events;
  end if;
exception when insufficient_privilege then
  -- a server without Supabase Realtime does not need the publication, and its user need not own the database
  raise notice 'registry_events was not added to the publication supabase_realtime: %', sqlerrm;
end
$$;

-- Makes the policy by which only publishers join the private channel that announces drafts; true if Realtime is there.
-- Supabase owns the table and lets a migration add policies. Where Realtime starts after the migrations, as it may on a
-- self-hosted project, `nofx doctor --setup` calls this function again.
create function public.registry_allow_listening()
returns boolean
language plpgsql
security definer
set search_path = ''
as $$
begin
  if to_regclass('realtime.messages') is null then
    return false;
  end if;
  execute $policy$
    drop policy if exists registry_publishers_listen on realtime.messages;
    create policy registry_publishers_listen on realtime.messages
      for select to authenticated using (
        extension = 'broadcast'
        and (select realtime.topic()) = 'registry:publisher'
        and (select public.registry_is_publisher()))
  $policy$;
  return true;
end
$$;
revoke all on function public.registry_allow_listening() from public, anon, authenticated, service_role;
do $$
begin
  perform public.registry_allow_listening();
end
$$;

-- The mark of an event; null if the event is no longer kept. Every caller may read it, because it says nothing about the
-- event, and a cursor may stand at an event that its reader may not see.
create function public.registry_mark_of(p_seq bigint)
returns uuid
language sql
stable
security definer
set search_path = ''
as $$
  select mark from public.registry_events where seq = p_seq
$$;
revoke all on function public.registry_mark_of(bigint) from public, anon, authenticated, service_role;
grant execute on function public.registry_mark_of(bigint) to anon, authenticated, service_role;

-- One page of the events after a cursor that the caller may see, and the cursor to continue from, with its mark. A caller
-- that gives the mark of its cursor is refused if the history is another one. Stable, so that all statements see one
-- snapshot: seq follows commit order, so every later event has a higher number than this cursor.
create function public.registry_events_since(p_since bigint, p_limit integer, p_mark uuid default null)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
  v_limit integer := least(coalesce(p_limit, 100), 1000);
  v_floor bigint;
  v_seq bigint;
begin
  if v_limit < 1 or p_since < 0 then
    -- not by registry_refuse, which readers may not execute
    raise exception using errcode = 'PT422', detail = '{"code": "REFUSED"}', hint = 'fix the query',
      message = case when v_limit < 1 then 'the limit must be at least 1' else 'the cursor is not an event number' end;
  end if;
  select floor, seq into strict v_floor, v_seq from public.registry_counter;
  -- null asks for the present end of the feed
  if p_since is null then
    return jsonb_build_object('cursor', v_seq, 'mark', public.registry_mark_of(v_seq), 'events', '[]'::jsonb);
  end if;
  -- above the counter, or with another mark: the database was replaced or restored since it gave out the cursor
  if p_since < v_floor or p_since > v_seq
    or (p_mark is not null and p_mark is distinct from public.registry_mark_of(p_since))
  then
    raise exception using errcode = 'PT410',
      message = case
        when p_since < v_floor
          then format('the cursor %s is too old: events up to %s are no longer kept', p_since, v_floor)
        when p_since > v_seq
          then format('the cursor %s is not from this registry, whose last event is %s', p_since, v_seq)
        else format('the event of the cursor %s is not in this registry: a backup was restored, or it is no longer kept',
          p_since) end,
      hint = format('read everything again, then continue from the cursor %s', v_seq),
      detail = jsonb_build_object('code', 'CURSOR_GONE', 'floor', v_floor, 'seq', v_seq);
  end if;
  return (
    select jsonb_build_object(
      'cursor', case when count(*) < v_limit then v_seq else max(seq) end,
      'mark', public.registry_mark_of(case when count(*) < v_limit then v_seq else max(seq) end),
      'events', coalesce(jsonb_agg(jsonb_build_object(
          'seq', seq, 'type', type, 'kind', kind, 'id', id, 'version', version, 'digest', digest,
          'releaseId', release_id, 'at', to_char(at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
        order by seq), '[]'))
    from (
      select e.seq, e.type, e.kind, e.id, e.version, e.digest, e.release_id, e.at
      from public.registry_events e
      where e.seq > p_since
      order by e.seq
      limit v_limit
    ) as page);
end
$$;
revoke all on function public.registry_events_since(bigint, integer, uuid) from public, anon, authenticated, service_role;
grant execute on function public.registry_events_since(bigint, integer, uuid) to anon, authenticated, service_role;

-- Deletes events that the retention policy does not keep, oldest first: at most `most` (10,000), so that no call takes
-- long. The newest event always stays: by its mark, readers that are up to date know that the history is the same.
create function public.registry_prune_events(p_request jsonb)
returns jsonb
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_most bigint := coalesce((p_request ->> 'most')::bigint, 10000);
  v_seq bigint;
  v_floor bigint;
  v_days integer;
  v_count integer;
  v_last bigint;
begin
  -- publishes and other calls wait for this lock, readers do not
  select seq, floor into strict v_seq, v_floor from public.registry_counter for update;
  select event_days, event_count into v_days, v_count from public.registry_policies where kind = '*';
  v_last := least(v_seq - greatest(coalesce(v_count, 10000), 1), v_floor + v_most);
  if v_last > v_floor then
    -- up to the first event within the age limit: the kept events have no gaps
    v_last := coalesce((
      select min(seq) - 1 from public.registry_events
      where seq <= v_last and at >= clock_timestamp() - make_interval(days => coalesce(v_days, 90))), v_last);
  end if;
  if v_last > v_floor then
    delete from public.registry_events where seq <= v_last;
    update public.registry_counter set floor = v_last;
  end if;
  return jsonb_build_object('pruned', greatest(v_last - v_floor, 0), 'floor', greatest(v_last, v_floor), 'seq', v_seq);
end
$$;
revoke all on function public.registry_prune_events(jsonb) from public, anon, authenticated, service_role;
grant execute on function public.registry_prune_events(jsonb) to service_role;
