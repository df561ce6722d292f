-- Forgets what was staged and never committed, answers that moved nothing, and reports that the policy does not keep:
-- a thousand at most, so that no call is long.
create or replace function public.registry_sweep(p_older interval)
returns integer
language plpgsql
security definer
set search_path = ''
as $$
declare
  v_count integer;
  v_days integer := coalesce((select report_days from public.registry_policies where kind = '*'), 90);
begin
  delete from public.registry_staged where created_at < now() - p_older;
  get diagnostics v_count = row_count;
  delete from public.registry_answers where created_at < now() - p_older;
  delete from public.registry_validation_reports where id in (
    select id from public.registry_validation_reports
    where created_at < now() - make_interval(days => v_days)
    order by created_at limit 1000);
  return v_count;
end
$$;
