-- The start of a publish (part 2) and of every other effect: the lock, the idempotency key, the time.

-- Answers of effects that changed nothing, by the idempotency key of a principal: a retry gets the same answer, and a
-- key belongs to one request. Kept for a day, because no release stores them.
create table public.registry_answers (
  principal text not null,
  idempotency_key text not null,
  request_hash text not null,
  response jsonb not null,
  created_at timestamptz not null default now(),
  primary key (principal, idempotency_key)
);
create index registry_answers_created on public.registry_answers (created_at);
alter table public.registry_answers enable row level security;
revoke all on public.registry_answers from public, anon, authenticated, service_role;

-- Starts an effect: waits for the lock of the counter, returns the stored answer of a known idempotency key, and sets
-- release id and time. The time follows the order of releases and events, also when the server's clock goes back.
-- "answered" is the answer that the key got when nothing changed.
create function public.registry_begin(p_request jsonb)
returns jsonb
language plpgsql
set search_path = ''
as $$
declare
  v_principal text := coalesce(p_request ->> 'principal', 'owner');
  -- the request itself, without the proven caller, the caller's rights, and the versions that the caller saw
  v_asked jsonb := (p_request #- '{target,seenVersion}') - array['principal', 'kinds', 'seenVersion']
    - case when v_principal = 'owner' then '' else 'actor' end;
  v_hash text := encode(sha256(convert_to(v_asked::text, 'UTF8')), 'hex');
  v_dry_run boolean := coalesce((p_request ->> 'dryRun')::boolean, false);
  v_seq bigint;
  v_known record;
  v_answer record;
begin
  if p_request ->> 'key' is null then
    perform public.registry_refuse(422, 'REFUSED', 'the request has no idempotency key', 'send "key"');
  end if;
  select seq into strict v_seq from public.registry_counter for update;
  select request_hash, response into v_known
    from public.registry_releases
    where principal = v_principal and idempotency_key = p_request ->> 'key' and not v_dry_run;
  select request_hash, response into v_answer
    from public.registry_answers
    where principal = v_principal and idempotency_key = p_request ->> 'key' and not v_dry_run;
  if coalesce(v_known.request_hash, v_answer.request_hash) <> v_hash then
    perform public.registry_refuse(422, 'IDEMPOTENCY_MISMATCH',
      format('the key %s was used for another request', p_request ->> 'key'), 'use a new key for a new request',
      jsonb_build_object('releaseId', v_known.response -> 'releaseId'));
  end if;
  if v_known.response is not null then
    return jsonb_build_object('replay', v_known.response || '{"replayed": true}');
  end if;
  return p_request || jsonb_build_object(
    'hash', v_hash, 'release', gen_random_uuid(), 'at', public.registry_next_time(), 'seq', v_seq,
    'dryRun', v_dry_run, 'principal', v_principal, 'answered', v_answer.response);
end
$$;
revoke all on function public.registry_begin(jsonb) from public, anon, authenticated, service_role;

-- The time of the next effect, read under the lock of the counter: later than every earlier effect, so that the order
-- by time is the order by number, also when the server's clock goes back.
create function public.registry_next_time()
returns timestamptz
language sql
volatile
set search_path = ''
as $$
  select greatest(
    clock_timestamp(),
    (select created_at + interval '1 microsecond' from public.registry_releases order by seq desc limit 1),
    (select at + interval '1 microsecond' from public.registry_events order by seq desc limit 1))
$$;
revoke all on function public.registry_next_time() from public, anon, authenticated, service_role;

-- Refuses a commit without a whole SHA or a possible rank; "uncommitted" is accepted for a dirty tree. The same rule as
-- in src/contract/commit.ts, for callers that do not use it.
create function public.registry_check_commit(p_commit jsonb)
returns void
language plpgsql
set search_path = ''
as $$
declare
  -- the greatest rank that is accepted
  v_most constant integer := 10000000;
begin
  if (p_commit ->> 'sha' ~ '^([0-9a-f]{40}|[0-9a-f]{64})$'
    or (p_commit ->> 'sha' = 'uncommitted' and p_commit -> 'dirty' = 'true')) is not true
  then
    perform public.registry_refuse(422, 'REFUSED',
      format('"%s" is not a commit SHA of 40 or 64 hex digits', left(p_commit ->> 'sha', 80)),
      'name the commit by its whole SHA', '{"rule": "NOFX_COMMIT_SHA"}');
  end if;
  if (p_commit ->> 'rank' ~ '^[0-9]{1,8}$' and (p_commit ->> 'rank')::integer <= v_most) is not true then
    perform public.registry_refuse(422, 'REFUSED',
      format('the rank %s is not a commit height from 0 to %s', left(p_commit ->> 'rank', 40), v_most),
      'give the first-parent height of the commit: git rev-list --count --first-parent HEAD',
      jsonb_build_object('rule', 'NOFX_COMMIT_RANK', 'limit', v_most));
  end if;
end
$$;
revoke all on function public.registry_check_commit(jsonb) from public, anon, authenticated, service_role;
