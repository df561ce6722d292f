import { type CheckPorts, checkDefinition } from '../core/contract/check.ts'
import { promptHashOf } from '../core/contract/digest.ts'
import { comparatorsOf } from '../core/contract/fields/semver.ts'
import { scanSuspects } from '../core/contract/secret-scan.ts'
import type { Source } from '../core/contract/source.ts'
import type { StageRequest, SyncError, WireItem } from '../core/contract/sync.ts'
import { ALONE, type Definition, type FileEntry, type Kind } from '../core/kind.ts'
import { malformed, Refusal } from './refusal.ts'
import { entryOf, restoreSource } from './restore-source.ts'

type ServerFinding = NonNullable<SyncError['findings']>[number]

/** A definition as `registry_stage` takes it. */
export interface StagedItem {
  id: string
  digest: string
  prompt_hash: string
  state: string
  declared_version: string | null
  manifest: unknown
  texts: Record<string, string>
  files: FileEntry[]
  bundle_path: string
  bundle_size: number
  bundle_sha256: string
  /** The stored object whose bytes have that hash; left out where the publisher vouches for them. */
  bundle_object?: string
  metadata: unknown
  refs: unknown[]
  expected_version: number
}

/**
 * Checks what a publisher sends with the rules that the publisher ran, and makes the rows of it.
 * @throws Refusal 422 with every error finding of every item, or for the first item whose hashes are wrong
 */
export async function checkItems(
  kind: Kind,
  request: StageRequest,
  ports: CheckPorts,
): Promise<StagedItem[]> {
  const findings: ServerFinding[] = []
  const staged: StagedItem[] = []
  const ids = new Set<string>()
  for (const item of request.items) {
    if (ids.has(item.id)) throw malformed(422, 'hash', `${kind.id}/${item.id} is sent twice`, 'publish again')
    ids.add(item.id)
    const { errors, definition } = await checkSource(
      restoreSource(kind.id, item, request.preview),
      kind,
      ports,
    )
    for (const finding of errors) findings.push({ ...finding, kind: kind.id, id: item.id })
    if (errors.length === 0 && definition) staged.push(rowOf(kind, item, definition, request.draft))
  }
  if (findings.length > 0) throw refuse(findings)
  return staged
}

/** Other definitions are not asked for: a call sees a part of a publish. SQL checks references when it commits. */
async function checkSource(source: Source, kind: Kind, ports: CheckPorts) {
  const { findings, definition, suspects } = checkDefinition(source, kind, ALONE, ports)
  const all = [...findings, ...(await scanSuspects(source, suspects))]
  return { errors: all.filter((finding) => finding.severity === 'error'), definition }
}

/** `metadata` keeps the manifest's status: what a promotion will make of a draft. */
function rowOf(kind: Kind, item: WireItem, definition: Definition, draft = false): StagedItem {
  const metadata = kind.describe(definition)
  const files = item.files.map(entryOf)
  return {
    id: item.id,
    digest: item.digest,
    prompt_hash: promptHashOf(kind.id, item.id, files, kind.promptsOf(definition)),
    state: draft ? 'draft' : metadata.status,
    declared_version: metadata.version ?? null,
    manifest: definition.manifest,
    texts: Object.fromEntries(definition.texts),
    files,
    bundle_path: item.bundle.path,
    bundle_size: item.bundle.size,
    bundle_sha256: item.bundle.sha256,
    metadata,
    refs: refsOf(kind, definition),
    expected_version: item.expectedVersion,
  }
}

/** What a definition needs of others, as SQL checks it: ranges in a form that needs no semver parser. */
function refsOf(kind: Kind, definition: Definition): unknown[] {
  const references = kind.references(definition)
  const demands = kind.demands?.(definition) ?? []
  return [
    ...references.map((one) => (one.range ? { ...one, allowed: comparatorsOf(one.range) } : one)),
    ...demands.map((one) => ({ relation: 'demands', ...one })),
  ]
}

function refuse(findings: ServerFinding[]): Refusal {
  const [first] = findings
  return new Refusal(422, 'check', {
    code: 'FINDINGS',
    message: `${findings.length} error${findings.length === 1 ? '' : 's'}, the first in ${first?.kind}/${first?.id}: ${first?.message}`,
    hint: 'run: nofx validate',
    findings,
  })
}
