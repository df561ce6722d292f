-- Tells those who listen that there are new events, as they commit: NOTIFY in every PostgreSQL, broadcasts where Supabase
-- Realtime is. Both only say "go and look"; what must not be lost is read by cursor.
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
  -- whoever writes also sweeps a little more than he writes, so the policy holds without a schedule
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
        -- of a large release the first hundred and the last: enough to come and look
        where m.place <= 100 or m.is_last
        order by m.seq, m.topic
      ) as messages;
    exception when others then
      -- a release must not fail because nobody could be nudged
      raise warning 'events % to % were not broadcast: %', v_from, v_to, sqlerrm;
    end;
  end if;
  return null;
end
$$;

revoke all on function public.registry_tell_events() from public, anon, authenticated, service_role;

create trigger tell_events after insert on public.registry_events
  referencing new table as inserted
  for each statement execute function public.registry_tell_events();
