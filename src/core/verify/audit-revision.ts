import { createRequire } from 'node:module'
import { canonicalJson, digestOf } from '../../contract/digest.ts'
import type { Kind } from '../../contract/kind.ts'
import { parseShape } from '../../contract/manifest/accept.ts'
import { findManifestName } from '../../contract/manifest/manifest-file.ts'
import { provenManifest } from '../../contract/manifest/proven-manifest.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { bundlePath } from '../../contract/protocol/bundle-path.ts'
import { type DerivedColumns, derivedColumns } from '../../contract/protocol/derived-columns.ts'
import { computeGitTree } from '../../contract/protocol/git-tree.ts'
import { textProblem } from '../../contract/protocol/proven-texts.ts'
import type { AuditedRow, RevisionRow } from '../registry/registry-rows.ts'

/** A column and its problem. */
export interface FieldProblem {
  field: string
  problem: string
}

const loadYaml = () => createRequire(import.meta.url)('yaml') as YamlLibrary

/** Origins that a tombstone may have. */
const MAY_REMOVE: readonly string[] = ['remove', 'rollback', 'rebase']

/** Audits the revisions of one definition, which must be passed in the order of their versions. */
export function createRevisionAudit(kind: Kind) {
  let last = 0
  /** Each content has one bundle, whatever the version. */
  const bundles = new Map<string, RevisionRow['bundle']>()

  function* take({ version, row, misfits }: AuditedRow<RevisionRow>): Generator<FieldProblem> {
    if (version !== last + 1)
      yield { field: 'version', problem: `is ${version} where version ${last + 1} is next` }
    last = version
    for (const field of misfits) yield { field, problem: 'holds values that no registry writes' }
    if (!row) return
    yield* bundleProblems(row)
    if (row.withdrawn) yield* leftovers(row)
    else yield* contentProblems(kind, row)
  }

  function* bundleProblems(row: RevisionRow): Generator<FieldProblem> {
    const { bundle, digest } = row
    if (!bundle.path.endsWith(bundlePath(kind.id, row.id, digest)))
      yield { field: 'bundle_path', problem: 'is not the place of its digest' }
    const firstBundle = bundles.get(digest)
    bundles.set(digest, firstBundle ?? bundle)
    if (!firstBundle) return
    const problem = 'is another one than the same content has in an earlier version'
    if (firstBundle.path !== bundle.path) yield { field: 'bundle_path', problem }
    if (firstBundle.size !== bundle.size) yield { field: 'bundle_size', problem }
    if (firstBundle.sha256 !== bundle.sha256) yield { field: 'bundle_sha256', problem }
  }

  return { take }
}

/** Columns that must be empty after a withdrawal and are not. */
function* leftovers(row: RevisionRow): Generator<FieldProblem> {
  if (
    row.files.length > 0 &&
    digestOf(row.kind, row.id, row.files) === row.digest &&
    !textProblem(row.texts, row.files)
  )
    return yield { field: 'withdrawn_at', problem: 'says that the content is gone, but it is there' }
  const problem = 'holds content, though the version was withdrawn'
  for (const field of ['manifest', 'texts', 'files', 'refs'] as const)
    if (Object.keys(row[field]).length > 0) yield { field, problem }
  if (canonicalJson(row.metadata) !== canonicalJson(blankDescription(row.id)))
    yield { field: 'metadata', problem }
}

/** The description of a definition whose content was withdrawn; SQL writes the same. */
function blankDescription(id: string): object {
  return { name: id, summary: '', status: 'draft', tags: [], provides: [], facts: {} }
}

function* contentProblems(kind: Kind, row: RevisionRow): Generator<FieldProblem> {
  const unproven = digestProblem(kind.id, row)
  if (unproven) return yield unproven
  const text = textProblem(row.texts, row.files)
  if (text !== undefined) return yield { field: 'texts', problem: text }
  const derived = deriveColumns(kind, row)
  if (!derived) return yield { field: 'texts', problem: `hold no ${kind.manifestFile} that can be read` }
  yield* derivedProblems(row, derived)
  yield* stateProblems(row, derived)
}

/**
 * The digest, the files and the bundle's path contain the same information three times; the value that two of them
 * share is the right one.
 */
function digestProblem(kind: string, { id, digest, files, bundle }: RevisionRow): FieldProblem | undefined {
  const computed = digestOf(kind, id, files)
  if (computed === digest) return undefined
  const [wasKind = '', wasId = ''] = bundle.path.split('/').slice(-3)
  if (wasKind !== kind && digestOf(wasKind, id, files) === digest)
    return { field: 'kind', problem: `was ${wasKind} when it was published` }
  if (wasId !== id && digestOf(kind, wasId, files) === digest)
    return { field: 'id', problem: `was ${wasId} when it was published` }
  if (bundle.path.endsWith(bundlePath(kind, id, computed)))
    return { field: 'digest', problem: 'is not the digest of its files' }
  return { field: 'files', problem: 'do not make its digest' }
}

function deriveColumns(kind: Kind, { id, texts, files }: RevisionRow): DerivedColumns | undefined {
  const proven = provenManifest(texts, kind, loadYaml)
  const parsed = proven && parseShape(kind.schema, proven)
  if (!parsed?.success) return undefined
  const manifestPath = findManifestName(kind, (path) => Object.hasOwn(texts, path)) ?? kind.manifestFile
  const definition = { kind: kind.id, id, manifestPath, manifest: parsed.data, texts: toMap(texts), files }
  return derivedColumns(kind, definition, files)
}

/** What the edge function computes when the definition is staged. */
function treeOfTexts({ files, texts }: RevisionRow): string | undefined {
  return computeGitTree(files.map(({ path }) => ({ path, text: texts[path] })))
}

const toMap = (texts: Record<string, string>) => new Map(Object.entries(texts))

function* derivedProblems(row: RevisionRow, derived: DerivedColumns): Generator<FieldProblem> {
  const problem = 'is not what its texts say'
  const { status } = derived.metadata
  // A promotion makes a draft of the author active; its tombstone may have had either status.
  const promoted = status === 'draft' && row.state !== 'draft' && row.metadata.status === 'active'
  const description = promoted ? { ...derived.metadata, status: 'active' } : derived.metadata
  const columns: [field: string, columnValue: unknown, expected: unknown][] = [
    ['manifest', row.manifest, derived.manifest],
    ['metadata', row.metadata, description],
    ['refs', row.refs, derived.refs],
    ['prompt_hash', row.promptHash, derived.prompt_hash],
    ['declared_version', row.declaredVersion, derived.declared_version],
    ['git_tree', row.gitTree, treeOfTexts(row) ?? null],
  ]
  for (const [field, columnValue, expected] of columns)
    if (canonicalJson(columnValue) !== canonicalJson(expected)) yield { field, problem }
}

function* stateProblems(
  row: RevisionRow,
  { metadata: description }: DerivedColumns,
): Generator<FieldProblem> {
  const { state, origin } = row
  if (state === 'removed') {
    if (!MAY_REMOVE.includes(origin)) yield { field: 'state', problem: `is removed by a ${origin}` }
  } else if (origin === 'remove') {
    const field = state === description.status ? 'origin' : 'state'
    yield { field, problem: `does not fit: a removal leaves no ${state} version` }
  } else if (state === 'draft') {
    if (origin === 'promote') yield { field: 'state', problem: 'is draft after a promotion' }
  } else if (state !== description.status) {
    const promoted = state === 'active' && description.status === 'draft' && origin !== 'publish'
    // An operator may have disabled it: the audit of the head knows.
    if (!promoted && state !== 'disabled')
      yield { field: 'state', problem: `is ${state} where its manifest says ${description.status}` }
  }
}
