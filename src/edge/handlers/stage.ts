import { type CheckPorts, checkDefinition } from '../../contract/check/check.ts'
import { isError } from '../../contract/diagnostic.ts'
import { ALONE, type Definition, type FileEntry, type Kind } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { type DerivedColumns, derivedColumns } from '../../contract/protocol/derived-columns.ts'
import { computeGitTree } from '../../contract/protocol/git-tree.ts'
import type { StageRequest, SyncError, WireItem } from '../../contract/protocol/sync.ts'
import type { Source } from '../../contract/source.ts'
import { scanSuspects } from '../../contract/text/secret-scan.ts'
import { malformed, Refusal } from '../http/refusal.ts'
import { restoreSource, toEntry } from './restore-source.ts'

type ServerFinding = NonNullable<SyncError['findings']>[number]

/** A definition in the form that `registry_stage` accepts. */
export interface StagedRow extends DerivedColumns {
  id: string
  digest: string
  state: string
  texts: Record<string, string>
  files: FileEntry[]
  /** The id of git's tree of these files, computed here; null where it cannot be known from texts. */
  git_tree: string | null
  bundle_path: string
  bundle_size: number
  bundle_sha256: string
  /** The stored object whose bytes have that hash; left out where the publisher vouches for the bytes. */
  bundle_object?: string
  expected_version: number
}

/**
 * Checks the definitions of a publisher with the same rules that the publisher ran, and makes their rows.
 * @throws Refusal 422 with every error finding of every item, or for the first item whose hashes are wrong
 */
export async function checkItems(kind: Kind, request: StageRequest, ports: CheckPorts): Promise<StagedRow[]> {
  const findings: ServerFinding[] = []
  const staged: StagedRow[] = []
  const ids = new Set<string>()
  for (const item of request.items) {
    if (ids.has(item.id))
      throw malformed(422, 'hash', `${nameOf({ kind: kind.id, id: item.id })} is sent twice`, 'publish again')
    ids.add(item.id)
    const { errors, definition } = await checkSource(
      restoreSource(kind.id, item, request.preview),
      kind,
      ports,
    )
    for (const finding of errors) findings.push({ ...finding, kind: kind.id, id: item.id })
    if (errors.length === 0 && definition) staged.push(buildRow(kind, item, definition, request.draft))
  }
  if (findings.length > 0) throw refuse(findings)
  return staged
}

/** References are not checked here: a call sees a part of a publish. SQL checks them at the commit. */
async function checkSource(source: Source, kind: Kind, ports: CheckPorts) {
  const checked = checkDefinition(source, kind, ALONE, ports)
  const all = [...checked.findings, ...(await scanSuspects(source, checked))]
  return { errors: all.filter(isError), definition: checked.definition }
}

function buildRow(kind: Kind, item: WireItem, definition: Definition, draft = false): StagedRow {
  const files = item.files.map(toEntry)
  const derived = derivedColumns(kind, definition, files)
  return {
    ...derived,
    id: item.id,
    digest: item.digest,
    state: draft ? 'draft' : derived.metadata.status,
    texts: Object.fromEntries(definition.texts),
    files,
    git_tree: computeGitTree(item.files) ?? null,
    bundle_path: item.bundle.path,
    bundle_size: item.bundle.size,
    bundle_sha256: item.bundle.sha256,
    expected_version: item.expectedVersion,
  }
}

/** @param findings at least one */
function refuse(findings: ServerFinding[]): Refusal {
  const [first] = findings.map((one) => `${nameOf(one)}: ${one.message}`)
  return new Refusal(422, 'check', {
    code: 'FINDINGS',
    message: `${findings.length} error${findings.length === 1 ? '' : 's'}, the first in ${first}`,
    hint: 'run: nofx validate',
    findings,
  })
}
