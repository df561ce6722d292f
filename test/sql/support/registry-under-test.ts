import { COMMIT_SHA, UNCOMMITTED } from '../../../src/contract/commit.ts'
import { contentHash, sha256 } from '../../../src/contract/digest.ts'
import type { ReleaseResult } from '../../../src/contract/protocol/sync.ts'
import type { Hold } from '../../../src/core/registry/hold.ts'
import type { Head } from '../../../src/core/registry/registry.ts'
import type { Query, Row, TestDatabase } from '../../harness/database.ts'

/** A definition that a test publishes; `text` alone determines the content. */
export interface Wanted {
  kind?: string
  id: string
  text?: string
  state?: string
  /** The status in the manifest, if it differs from the published state. */
  status?: string
  declared?: string
  refs?: Row[]
  expected?: number
  manifest?: Row
  provides?: string[]
  tags?: string[]
  /** The facts of the kind's description, with presets resolved. */
  facts?: object
}

export interface PublishOptions {
  key?: string
  rank?: number
  sha?: string
  actor?: string
  unhold?: boolean
  force?: boolean
  removals?: { kind?: string; id: string; expectedVersion: number }[]
  /** False leaves the bundles out of storage. */
  upload?: boolean
}

let serial = 0

/** A key or id that no other test uses. */
export const fresh = (start = 'x') => `${start}-${process.pid}-${++serial}`

/** The SHA for a commit's short name; a text that may be a SHA is not changed. */
export const shaOf = (name: string) =>
  name === UNCOMMITTED || COMMIT_SHA.test(name) ? name : sha256(name).slice(0, 40)

export const digestFor = ({ id, text = '1', state = 'active', status = state }: Wanted) =>
  sha256(`${id} ${text} ${status}`)

/** The item in the form that the edge handler stages. */
export function stagedItem(wanted: Wanted, kind: string) {
  const {
    id,
    text = '1',
    state = 'active',
    status = state,
    declared = null,
    refs = [],
    expected = 0,
    manifest = {},
    provides = [],
    tags = [],
    facts = {},
  } = wanted
  const digest = digestFor(wanted)
  return {
    kind,
    id,
    digest,
    prompt_hash: sha256(text),
    state,
    declared_version: declared,
    manifest: { name: id, ...manifest },
    texts: { 'prompts/system.md': text },
    files: [{ path: 'prompts/system.md', size: text.length, sha256: sha256(text) }],
    refs,
    metadata: {
      name: id,
      summary: text,
      status,
      tags,
      provides,
      facts,
      ...(declared === null ? {} : { version: declared }),
    },
    bundle_path: `${kind}/${id}/${digest}.tar.gz`,
    bundle_size: 100 + text.length,
    bundle_sha256: sha256(`bundle ${digest}`),
    expected_version: expected,
  }
}

export const requires = (id: string, kind: string) => ({
  kind,
  id,
  relation: 'requires',
  file: 'agent.json',
  pointer: ['dependencies', 'agents', 0],
})

/** A head as the database has it. */
type HeadRow = Omit<Head, 'description'> & { metadata: Head['description'] }

/** A publisher of one kind that calls the SQL functions directly, with the rights that PostgREST would give it. */
export class RegistryUnderTest {
  readonly db: TestDatabase
  readonly kind: string

  constructor(db: TestDatabase, kind = fresh('kind')) {
    this.db = db
    this.kind = kind
  }

  call<T>(name: string, ...values: unknown[]): Promise<T> {
    const parameters = values.map((_, index) => `$${index + 1}`).join(', ')
    return this.db.as({ role: 'service_role' }, async (query) => {
      const [row] = await query<{ result: T }>(`select public.${name}(${parameters}) as result`, values)
      return row!.result
    })
  }

  /**
   * Uploads and stages in parts of two.
   * @returns the commit request for them
   */
  async stage(items: Wanted[], options: PublishOptions = {}) {
    const { key = fresh('key'), rank = 1, sha = `c${rank}`, actor = 'ann', upload = true } = options
    const staged = items.map((item) => stagedItem(item, this.kind))
    if (upload) await this.upload(staged)
    for (let part = 0; part * 2 < staged.length; part++)
      await this.call(
        'registry_stage',
        key,
        this.kind,
        this.kind.replace(/s$/, ''),
        part,
        staged.slice(part * 2, part * 2 + 2),
      )
    return {
      action: 'commit',
      key,
      actor,
      commit: { sha: shaOf(sha), rank, dirty: sha === UNCOMMITTED },
      parts: Math.ceil(staged.length / 2),
      content: contentHash(staged.map((item) => ({ ...item, expectedVersion: item.expected_version }))),
      removals: (options.removals ?? []).map((removal) => ({ kind: this.kind, ...removal })),
      unhold: options.unhold ?? false,
      force: options.force ?? false,
    }
  }

  commit(request: object): Promise<ReleaseResult> {
    return this.call('registry_commit', request)
  }

  async publish(items: Wanted[], options: PublishOptions = {}): Promise<ReleaseResult> {
    return this.commit(await this.stage(items, options))
  }

  rollback(target: Row, options: Row = {}): Promise<ReleaseResult> {
    const request = {
      action: 'rollback',
      key: fresh('key'),
      actor: 'bob',
      reason: 'it broke',
      target,
      ...options,
    }
    return this.call('registry_rollback', request)
  }

  to(id: string, toVersion: number, options: Row = {}): Promise<ReleaseResult> {
    return this.rollback({ kind: this.kind, id, toVersion }, options)
  }

  undelete(id: string, options: Row = {}): Promise<ReleaseResult> {
    const request = { action: 'undelete', key: fresh('key'), actor: 'bob', kind: this.kind, id, ...options }
    return this.call('registry_undelete', request)
  }

  promote(id: string, options: Row = {}): Promise<ReleaseResult> {
    const request = { action: 'promote', key: fresh('key'), actor: 'bob', kind: this.kind, id, ...options }
    return this.call('registry_promote', request)
  }

  disable(id: string, options: Row = {}): Promise<ReleaseResult> {
    return this.call('registry_disable', { ...this.switching(id), action: 'disable', ...options })
  }

  enable(id: string, options: Row = {}): Promise<ReleaseResult> {
    return this.call('registry_enable', { ...this.switching(id), action: 'enable', ...options })
  }

  private switching(id: string): Row {
    return { key: fresh('key'), actor: 'bob', reason: 'harmful', kind: this.kind, id }
  }

  withdraw(id: string, version: number, options: Row = {}): Promise<ReleaseResult & { objects: string[] }> {
    const what = { kind: this.kind, id, version, reason: 'leaked', actor: 'bob' }
    return this.call('registry_withdraw', { action: 'withdraw', key: fresh('key'), ...what, ...options })
  }

  /** `id version state` of the revisions in effect at a time, with the time when each ended. */
  async liveAt(at: unknown, ...id: string[]): Promise<string[]> {
    const rows = await this.call<Row[]>('registry_live_at', this.kind, at, ...id)
    return rows.map((row) => `${row.id} ${row.version} ${row.state}${row.until ? ' until' : ''}`)
  }

  /** The head, with the digests of held content; `holds` has the rest. */
  async head(id: string): Promise<Omit<HeadRow, 'hold'> & { hold: string[] }> {
    const heads = await this.call<HeadRow[]>('registry_heads_json', [this.kind])
    const head = heads.find((one) => one.id === id)!
    // In a race, the head may not exist yet.
    return head && { ...head, hold: head.hold.map(({ digest }) => digest) }
  }

  async holds(id: string): Promise<Hold[]> {
    const heads = await this.call<Head[]>('registry_heads_json', [this.kind])
    return heads.find((one) => one.id === id)!.hold
  }

  async versions(id: string): Promise<string[]> {
    const rows = await this.db.query<Row>(
      'select version, state, origin, manifest, texts from public.registry_revisions where kind = $1 and id = $2 order by 1',
      [this.kind, id],
    )
    return rows.map(
      (row) => `${row.version} ${row.state} ${row.origin} ${(row.texts as Row)['prompts/system.md']}`,
    )
  }

  /** `type audience version` of each event of this kind, in order. */
  async events(): Promise<string[]> {
    const rows = await this.db.query<Row>(
      'select type, audience, id, version from public.registry_events where kind = $1 order by seq',
      [this.kind],
    )
    return rows.map((row) => `${String(row.type).split('.')[1]} ${row.audience} ${row.id} ${row.version}`)
  }

  async upload(items: readonly { bundle_path: string; bundle_size: number }[]): Promise<void> {
    await this.db.query(
      `insert into storage.objects (bucket_id, name, metadata)
       select 'registry', path, jsonb_build_object('size', size)
       from jsonb_to_recordset($1::jsonb) as o(path text, size bigint)
       on conflict (bucket_id, name) do nothing`,
      [items.map((item) => ({ path: item.bundle_path, size: item.bundle_size }))],
    )
  }
}

/** Everything that an action could have stored, as one text. */
export async function everythingStored(query: Query): Promise<string> {
  const tables = [
    'registry_counter',
    'registry_kinds',
    'registry_heads',
    'registry_revisions',
    'registry_releases',
    'registry_events',
    'registry_validation_reports',
    'registry_policies',
    'registry_used_tokens',
    'registry_known_repositories',
    'template_registry',
    'template_instantiations',
  ]
  const parts = tables.map(
    (
      name,
    ) => `select '${name}' as name, count(*) as n, md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as hash
      from public.${name} t`,
  )
  return JSON.stringify(await query(`${parts.join(' union all ')} order by 1`), (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}

/**
 * Runs a call that must be refused.
 * @returns what is wrong with the refusal, or with what the call stored
 */
export async function refusalOf(
  db: TestDatabase,
  act: () => Promise<unknown>,
): Promise<Row & { left: boolean }> {
  const before = await everythingStored(db.query)
  const thrown = await act().then(
    (result) => ({ code: 'none', message: `not refused: ${JSON.stringify(result)}`, detail: '{}', hint: '' }),
    (error: { code: string; message: string; detail?: string; hint?: string }) => error,
  )
  const { code, ...detail } = JSON.parse(thrown.detail ?? '{}') as Row
  const left = (await everythingStored(db.query)) !== before
  return { sqlstate: thrown.code, code, message: thrown.message, hint: thrown.hint, detail, left }
}
