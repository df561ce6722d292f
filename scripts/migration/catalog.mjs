// @ts-check
// A database's catalog as plain data. Two databases are the same if every object of each is in the other.

/**
 * @typedef {object} CatalogObject
 * @property {string} type function, table, column, constraint, index, policy, trigger, type, publication or rows
 * @property {string} name unique within the type
 * @property {string} owner the table that it belongs to, or its own name
 * @property {Record<string, unknown>} is all that can differ
 */

/** @typedef {<R = Record<string, unknown>>(sql: string) => Promise<R[]>} Query */

/** The privileges of every role but the owner, as texts in order. */
const grants = (/** @type {string} */ acl, /** @type {string} */ owner) => `(
  select coalesce(jsonb_agg(lower(a.privilege_type) || ' to ' || coalesce(r.rolname, 'public')
    order by coalesce(r.rolname, 'public'), a.privilege_type), '[]')
  from aclexplode(${acl}) a left join pg_roles r on r.oid = a.grantee where a.grantee <> ${owner})`

const FUNCTIONS = `
  select 'function' as type, p.oid::regprocedure::text as name, p.oid::regprocedure::text as owner, jsonb_build_object(
    'definition', pg_get_functiondef(p.oid), 'owner', p.proowner::regrole::text,
    'result', pg_get_function_result(p.oid), 'arguments', pg_get_function_arguments(p.oid),
    'grants', ${grants(`coalesce(p.proacl, acldefault('f', p.proowner))`, 'p.proowner')}) as is
  from pg_proc p where p.pronamespace = 'public'::regnamespace`

const TABLES = `
  select 'table' as type, c.oid::regclass::text as name, c.oid::regclass::text as owner, jsonb_build_object(
    'kind', c.relkind, 'persistence', c.relpersistence, 'owner', c.relowner::regrole::text, 'options', c.reloptions,
    'row security', c.relrowsecurity, 'forced', c.relforcerowsecurity,
    'inherits', (select jsonb_agg(i.inhparent::regclass::text order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid),
    'view', case when c.relkind in ('v', 'm') then pg_get_viewdef(c.oid) end,
    'sequence', (select to_jsonb(s) - 'seqrelid' from pg_sequence s where s.seqrelid = c.oid),
    'grants', ${grants(`coalesce(c.relacl, acldefault(case c.relkind when 'S' then 's' else 'r' end::"char", c.relowner))`, 'c.relowner')}) as is
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')`

// A column that a parent gets later comes last in its children, so positions are counted among the inherited and the
// own columns separately.
const COLUMNS = `
  select 'column' as type, a.attrelid::regclass || '.' || a.attname as name, a.attrelid::regclass::text as owner,
    jsonb_build_object(
    'place', row_number() over (partition by a.attrelid, a.attinhcount > 0 order by a.attnum), 'inherited', a.attinhcount,
    'type', format_type(a.atttypid, a.atttypmod), 'not null', a.attnotnull, 'default', pg_get_expr(d.adbin, d.adrelid),
    'generated', a.attgenerated, 'identity', a.attidentity, 'collation', a.attcollation::regcollation::text,
    'storage', a.attstorage, 'grants', ${grants('a.attacl', 'c.relowner')}) as is
  from pg_attribute a join pg_class c on c.oid = a.attrelid
  left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
  where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f') and a.attnum > 0 and not a.attisdropped`

// In PostgreSQL 18, `not null` is a constraint too; it is compared with its column.
const CONSTRAINTS = `
  select 'constraint' as type, k.conname || ' on ' || k.conrelid::regclass as name, k.conrelid::regclass::text as owner,
    jsonb_build_object('name', k.conname, 'definition', pg_get_constraintdef(k.oid), 'inherited', k.coninhcount,
      'valid', k.convalidated) as is
  from pg_constraint k where k.connamespace = 'public'::regnamespace and k.conrelid <> 0 and k.contype <> 'n'`

const INDEXES = `
  select 'index' as type, i.indexrelid::regclass::text as name, i.indrelid::regclass::text as owner,
    jsonb_build_object('definition', pg_get_indexdef(i.indexrelid), 'constraint', exists (
      select from pg_constraint k where k.conindid = i.indexrelid and k.contype in ('p', 'u', 'x'))) as is
  from pg_index i join pg_class c on c.oid = i.indexrelid where c.relnamespace = 'public'::regnamespace`

const POLICIES = `
  select 'policy' as type, format('%I on %I.%I', p.policyname, p.schemaname, p.tablename) as name,
    case p.schemaname when 'public' then '' else p.schemaname || '.' end || p.tablename as owner, jsonb_build_object(
    'permissive', p.permissive, 'roles', p.roles, 'command', p.cmd, 'using', p.qual, 'check', p.with_check) as is
  from pg_policies p`

const TRIGGERS = `
  select 'trigger' as type, format('%I on %s', t.tgname, t.tgrelid::regclass) as name, t.tgrelid::regclass::text as owner,
    jsonb_build_object('definition', pg_get_triggerdef(t.oid), 'enabled', t.tgenabled) as is
  from pg_trigger t join pg_class c on c.oid = t.tgrelid
  where c.relnamespace = 'public'::regnamespace and not t.tgisinternal`

const TYPES = `
  select 'type' as type, t.oid::regtype::text as name, t.oid::regtype::text as owner, jsonb_build_object(
    'kind', t.typtype, 'base', t.typbasetype::regtype::text,
    'labels', (select jsonb_agg(e.enumlabel order by e.enumsortorder) from pg_enum e where e.enumtypid = t.oid)) as is
  from pg_type t where t.typnamespace = 'public'::regnamespace and t.typtype in ('e', 'd', 'r')`

const PUBLICATIONS = `
  select 'publication' as type, format('%s: %s.%s', p.pubname, p.schemaname, p.tablename) as name, p.tablename::text as owner,
    jsonb_build_object('columns', p.attnames, 'filter', p.rowfilter) as is
  from pg_publication_tables p`

const OBJECTS = [FUNCTIONS, TABLES, COLUMNS, CONSTRAINTS, INDEXES, POLICIES, TRIGGERS, TYPES, PUBLICATIONS]

/**
 * Everything in `public`, the policies and publications of the database, and the rows that exist from the start.
 * @param {Query} query
 * @returns {Promise<CatalogObject[]>}
 */
export async function readCatalog(query) {
  const objects = /** @type {CatalogObject[]} */ (await query(OBJECTS.join('\nunion all')))
  const tables = objects.filter(({ type, is }) => type === 'table' && is.kind === 'r').map(({ name }) => name)
  for (const table of [...tables, 'storage.buckets']) {
    const rows = await query(`select to_jsonb(t) - 'created_at' - 'updated_at' as row from only ${table} t`)
    const texts = rows.map(({ row }) => JSON.stringify(row)).sort()
    objects.push({ type: 'rows', name: `of ${table}`, owner: table, is: { rows: texts } })
  }
  return objects.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
}

/** @param {CatalogObject} object */
const keyOf = ({ type, name }) => `${type} ${name}`

/**
 * @typedef {object} Difference
 * @property {string} object such as `function registry_refuse(integer,text,text,text,jsonb)`
 * @property {CatalogObject} [before]
 * @property {CatalogObject} [after]
 * @property {string[]} differs the properties that differ, when both have the object
 */

/**
 * The objects of `before` that differ in `after`, in the order of names.
 * @param {readonly CatalogObject[]} before
 * @param {readonly CatalogObject[]} after
 * @returns {Difference[]}
 */
export function compareCatalogs(before, after) {
  const old = new Map(before.map((object) => [keyOf(object), object]))
  const now = new Map(after.map((object) => [keyOf(object), object]))
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((object) => {
    const [a, b] = [old.get(object), now.get(object)]
    const differs = a && b ? differing(a.is, b.is) : []
    return a && b && differs.length === 0 ? [] : [{ object, before: a, after: b, differs }]
  })
}

/**
 * @param {Record<string, unknown>} a
 * @param {Record<string, unknown>} b
 */
function differing(a, b) {
  return Object.keys(b).filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]))
}
