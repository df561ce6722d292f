/** Schemas that Supabase itself maintains. */
const FOREIGN = `('auth', 'cron', 'extensions', 'graphql', 'graphql_public', 'information_schema', 'net', 'pg_catalog',
  'pg_toast', 'realtime', 'storage', 'supabase_functions', 'supabase_migrations', 'vault')`
const OURS = `n.nspname not in ${FOREIGN} and n.nspname not like 'pg_temp%' and n.nspname not like 'pg_toast_temp%'`
const TABLES = `pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind in ('r', 'p') and ${OURS}`
const VIEWS = (kind: string) =>
  `pg_class c join pg_namespace n on n.oid = c.relnamespace where c.relkind = '${kind}' and ${OURS}`
const FUNCTIONS = `pg_proc p join pg_namespace n on n.oid = p.pronamespace where ${OURS}
  and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')`
const POLICIES = `pg_policies p join pg_namespace n on n.nspname = p.schemaname where ${OURS}`
const READ_BY_API = `has_table_privilege('anon', c.oid, 'select') or has_table_privilege('authenticated', c.oid, 'select')`

const definers = (role: string) =>
  `select distinct p.proname as subject from ${FUNCTIONS} and p.prosecdef and has_function_privilege('${role}', p.oid, 'execute')`

/** An expression over the caller's token that is not a subquery of its own, so that it runs once per row. */
const CALLER = String.raw`(current_setting|auth\.(uid|jwt|role|email))\(`
const ONCE = String.raw`\( *select +(current_setting|auth\.(uid|jwt|role|email))\(`
const calls = (expression: string, pattern: string) =>
  `(select count(*) from regexp_matches(${expression}, '${pattern}', 'gi'))`
const EXPRESSION = `coalesce(p.qual, '') || ' ' || coalesce(p.with_check, '')`

/**
 * The checks of Supabase's advisor, by the advisor's names, as queries of the catalog that return the `subject` of
 * each finding. Lints about data, extensions and settings are left out, because migrations do not make them.
 */
export const LINTS: Record<string, string> = {
  unindexed_foreign_keys: `select c.conrelid::regclass || '.' || c.conname as subject
    from pg_constraint c join pg_namespace n on n.oid = c.connamespace
    where c.contype = 'f' and ${OURS} and not exists (
      select from pg_index i where i.indrelid = c.conrelid
        and (i.indkey::smallint[])[0:cardinality(c.conkey) - 1] operator(pg_catalog.@>) c.conkey)`,
  auth_rls_initplan: `select p.tablename || '.' || p.policyname as subject from ${POLICIES}
    and ${calls(EXPRESSION, CALLER)} > ${calls(EXPRESSION, ONCE)}`,
  no_primary_key: `select c.relname as subject from ${TABLES}
    and not exists (select from pg_index i where i.indrelid = c.oid and i.indisprimary)`,
  multiple_permissive_policies: `select distinct p.tablename as subject from ${POLICIES} and p.permissive = 'PERMISSIVE'
    and exists (select from pg_policies o where o.schemaname = p.schemaname and o.tablename = p.tablename
      and o.policyname <> p.policyname and o.permissive = 'PERMISSIVE'
      and (o.cmd = p.cmd or 'ALL' in (o.cmd, p.cmd))
      and (o.roles && p.roles or 'public' = any (o.roles || p.roles)))`,
  policy_exists_rls_disabled: `select c.relname as subject from ${TABLES} and not c.relrowsecurity
    and exists (select from pg_policy p where p.polrelid = c.oid)`,
  rls_enabled_no_policy: `select c.relname as subject from ${TABLES} and c.relrowsecurity
    and not exists (select from pg_policy p where p.polrelid = c.oid)`,
  duplicate_index: `select distinct i.tablename as subject from pg_indexes i join pg_namespace n on n.nspname = i.schemaname
    where ${OURS} and exists (select from pg_indexes o where o.schemaname = i.schemaname and o.tablename = i.tablename
      and o.indexname <> i.indexname
      and replace(o.indexdef, ' ' || o.indexname || ' ', ' ') = replace(i.indexdef, ' ' || i.indexname || ' ', ' '))`,
  security_definer_view: `select c.relname as subject from ${VIEWS('v')}
    and not coalesce(c.reloptions::text ~* 'security_invoker=(true|on|yes|1)', false) and (${READ_BY_API})`,
  function_search_path_mutable: `select distinct p.proname as subject from ${FUNCTIONS}
    and not coalesce(p.proconfig::text like '%search\\_path=%', false)`,
  rls_disabled_in_public: `select c.relname as subject from ${TABLES} and not c.relrowsecurity and (${READ_BY_API})`,
  extension_in_public: `select e.extname as subject from pg_extension e join pg_namespace n on n.oid = e.extnamespace
    where n.nspname = 'public'`,
  rls_references_user_metadata: `select p.tablename || '.' || p.policyname as subject from ${POLICIES}
    and ${EXPRESSION} like '%user\\_metadata%'`,
  materialized_view_in_api: `select c.relname as subject from ${VIEWS('m')} and (${READ_BY_API})`,
  foreign_table_in_api: `select c.relname as subject from ${VIEWS('f')} and (${READ_BY_API})`,
  rls_policy_always_true: `select p.tablename || '.' || p.policyname as subject from ${POLICIES} and p.cmd <> 'SELECT'
    and 'true' in (p.qual, p.with_check)`,
  public_bucket_allows_listing: `select b.id as subject from storage.buckets b where b.public and exists (
    select from pg_policies p where p.schemaname = 'storage' and p.tablename = 'objects' and p.cmd in ('SELECT', 'ALL')
      and (p.qual is null or p.qual = 'true' or p.qual like '%' || quote_literal(b.id) || '%'))`,
  anon_security_definer_function_executable: definers('anon'),
  authenticated_security_definer_function_executable: definers('authenticated'),
}

/** One fault for each lint to find, which proves that the lint works. */
export const FAULTS: Record<string, string> = {
  unindexed_foreign_keys: `create table public.fault (id int primary key, kind text references public.registry_kinds)`,
  auth_rls_initplan: `create table public.fault (id int primary key); alter table public.fault enable row level security;
    create policy fault on public.fault for select to anon using (current_setting('request.jwt.claims') = '')`,
  no_primary_key: `create table public.fault (id int)`,
  multiple_permissive_policies: `create policy fault on public.registry_heads for all to public using (false)`,
  policy_exists_rls_disabled: `alter table public.registry_heads disable row level security`,
  rls_enabled_no_policy: `create table public.fault (id int primary key); alter table public.fault enable row level security`,
  duplicate_index: `create index fault_a on public.registry_heads (id, kind); create index fault_b on public.registry_heads (id, kind)`,
  security_definer_view: `create view public.fault as select 1 as a; grant select on public.fault to anon`,
  function_search_path_mutable: `create function public.fault() returns int language sql as 'select 1'`,
  rls_disabled_in_public: `create table public.fault (id int primary key); grant select on public.fault to anon`,
  rls_references_user_metadata: `create policy fault on public.registry_previews for select to authenticated
    using ((select current_setting('request.jwt.claims', true))::jsonb -> 'user_metadata' ->> 'a' = 'b')`,
  materialized_view_in_api: `create materialized view public.fault as select 1 as a; grant select on public.fault to anon`,
  rls_policy_always_true: `create policy fault on public.registry_previews for delete to authenticated using (true)`,
  public_bucket_allows_listing: `update storage.buckets set public = true where id = 'registry'`,
  anon_security_definer_function_executable: `create function public.fault() returns int language sql security definer
    set search_path = '' as 'select 1'; grant execute on function public.fault() to anon`,
  authenticated_security_definer_function_executable: `create function public.fault() returns int language sql
    security definer set search_path = '' as 'select 1'; grant execute on function public.fault() to authenticated`,
}
