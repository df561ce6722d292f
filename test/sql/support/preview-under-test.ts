import type { Query, Row, TestDatabase } from '../../harness/database.ts'
import { RegistryUnderTest } from './registry-under-test.ts'

const READS = ['registry_list', 'registry_heads_json', 'registry_events_since', 'registry_stored_bundles']
const ARGUMENTS: Record<string, string[]> = {
  registry_stage: ['p_key', 'p_kind', 'p_singular', 'p_part', 'p_items'],
  registry_list: ['p_kind', 'p_query'],
  registry_heads_json: ['p_kinds'],
  registry_events_since: ['p_since', 'p_limit', 'p_mark'],
  registry_stored_bundles: ['p_bundles'],
  registry_report: ['p'],
}

type Bundle = { bundle_path: string; bundle_size: number }

/** The schema of a preview, for queries that bypass its functions. */
export const schemaOf = (name: string) => `preview_${name.replaceAll('-', '_')}`

/** The publisher of one kind inside a preview: it calls the registry through the preview's two functions. */
export class PreviewUnderTest extends RegistryUnderTest {
  readonly name: string
  /** The folder for bundles; a test may name another. */
  prefix: string

  constructor(db: TestDatabase, name: string, kind?: string) {
    super(db, kind)
    this.name = name
    this.prefix = `preview-${name}/`
  }

  override call<T>(name: string, ...values: unknown[]): Promise<T> {
    const names = ARGUMENTS[name] ?? ['p_request']
    const args = Object.fromEntries(
      values.map((value, index) => [
        names[index],
        names[index] === 'p_items' ? this.placed(value as Bundle[]) : value,
      ]),
    )
    const door = READS.includes(name) ? 'registry_preview_read' : 'registry_preview_write'
    return super.call<T>(door, this.name, name, args)
  }

  override upload(items: readonly Bundle[]): Promise<void> {
    return super.upload(this.placed(items))
  }

  private placed<B extends Bundle>(items: readonly B[]): B[] {
    return items.map((item) => ({ ...item, bundle_path: `${this.prefix}${item.bundle_path}` }))
  }

  /** Rows of one of its tables, as a caller with a secret key gets them. */
  rows<R = Row>(table: string, kind?: string, id?: string): Promise<R[]> {
    return this.db.as({ role: 'service_role' }, (query) =>
      query<R>(`select * from public.preview_${table}($1, $2, $3)`, [this.name, kind ?? null, id ?? null]),
    )
  }

  override async versions(id: string): Promise<string[]> {
    const rows = await this.rows('registry_revisions', this.kind, id)
    rows.sort((a, b) => Number(a.version) - Number(b.version))
    return rows.map((row) => `${row.version} ${row.state} ${(row.texts as Row)['prompts/system.md']}`)
  }

  override async events(): Promise<string[]> {
    const rows = await this.rows('registry_events', this.kind)
    rows.sort((a, b) => Number(a.seq) - Number(b.seq))
    return rows.map((row) => `${String(row.type).split('.')[1]} ${row.audience} ${row.id} ${row.version}`)
  }

  changes(): Promise<Row[]> {
    return previews(this.db).changes(this.name)
  }
}

export interface Raised extends Row {
  created: boolean
  expiresAt: string
}

/** The calls about previews, with the rights of a secret key. */
export function previews(db: TestDatabase) {
  const call = <T>(name: string, ...values: unknown[]) =>
    new RegistryUnderTest(db, 'none').call<T>(name, ...values)
  return {
    up: (name: unknown, more: Row = {}) =>
      call<Raised>('registry_preview_up', { name, origin: 'local', actor: 'ann', ...more }),
    list: () => call<Row[]>('registry_preview_list'),
    changes: (name: string) => call<Row[]>('registry_preview_changes', name),
    close: (name: unknown, expired = false) => call<Row>('registry_preview_close', name, expired),
    objects: (name: unknown) => call<string[]>('registry_preview_objects', name),
    down: (name: unknown) => call<Row>('registry_preview_down', name),
    expired: () => call<string[]>('registry_preview_expired'),
    /** Deletes the objects, as a storage client would. */
    empty: (name: string) =>
      db.query(`delete from storage.objects where bucket_id = 'registry' and name like $1`, [
        `preview-${name}/%`,
      ]),
  }
}

/** Makes a preview and its publisher. */
export async function raised(db: TestDatabase, name: string, kind?: string): Promise<PreviewUnderTest> {
  await previews(db).up(name)
  return new PreviewUnderTest(db, name, kind)
}

/** What remains of previews: schemas, rows and objects. */
export async function leftOf(query: Query): Promise<Row> {
  const [row] = await query(
    `select (select count(*)::integer from pg_namespace where nspname like 'preview\\_%') as schemas,
       (select count(*)::integer from public.registry_previews) as rows,
       (select count(*)::integer from pg_proc where prosrc like '%preview\\_pr%') as functions,
       (select count(*)::integer from storage.objects where name like 'preview-%') as objects`,
  )
  return row!
}
