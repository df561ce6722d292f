import type { Diagnostic } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { listManifestFiles } from '../../contract/manifest/manifest-file.ts'
import { byName, type Covers, nameOf } from '../../contract/name.ts'
import { MOST_MANIFESTS, type ReportManifest } from '../../contract/protocol/reports.ts'
import type { StageWatch } from '../progress.ts'
import type { Registry } from '../registry/registry.ts'
import { type DefinitionFolder, readSource, toNamed } from '../tree/collect.ts'
import { readAhead } from '../tree/read-ahead.ts'
import { findFolders, type WorkingTree } from '../tree/tree.ts'
import { digestTree } from '../tree/tree-digests.ts'

/** What was checked, against what the registry has. */
export interface Drafts {
  /** How many definitions are `added`, `updated`, `unchanged`. */
  summary: Record<string, number>
  /** Of those that differ or have findings, the worst first, as far as they fit. */
  manifests: ReportManifest[]
}

/** Bytes of all manifests in a report: with the findings they fit into one call. */
const MOST_BYTES = 500_000

/**
 * Compares the checked definitions with the registry and takes the manifests along that are worth a look. One that holds
 * a secret stays here.
 * @throws Failure INPUT_UNREADABLE, REMOTE_…
 */
export async function collectDrafts(
  tree: WorkingTree,
  covers: Covers,
  diagnostics: readonly Diagnostic[],
  registry: Registry,
  watch: StageWatch,
): Promise<Drafts> {
  const [digests, heads] = await Promise.all([
    digestTree(tree, covers, watch),
    registry.heads(...tree.kinds.map((kind) => kind.id)),
  ])
  const headByName = byName(heads)
  const findings = findingsBy(diagnostics)
  const summary: Record<string, number> = {}
  const worthy: { folder: DefinitionFolder; change: ReportManifest['change']; errors: number }[] = []
  for (const folder of findFolders(tree)) {
    if (!covers(toNamed(folder))) continue
    const name = nameOf(toNamed(folder))
    const head = headByName.get(name)
    const isNew = head === undefined || head.state === 'removed'
    const change = isNew ? 'added' : head.digest === digests.get(name) ? 'unchanged' : 'updated'
    summary[change] = (summary[change] ?? 0) + 1
    const { errors = 0, secret = false } = findings.get(name) ?? {}
    if (!secret && (change !== 'unchanged' || findings.has(name))) worthy.push({ folder, change, errors })
  }
  return {
    summary,
    manifests: await readManifests(
      tree,
      worthy.sort((a, b) => b.errors - a.errors),
      watch,
    ),
  }
}

function findingsBy(diagnostics: readonly Diagnostic[]): Map<string, { errors: number; secret: boolean }> {
  const findings = new Map<string, { errors: number; secret: boolean }>()
  for (const { kind, id, severity, rule } of diagnostics) {
    if (kind === undefined || id === undefined) continue
    const name = nameOf({ kind, id })
    const { errors, secret } = findings.get(name) ?? { errors: 0, secret: false }
    findings.set(name, {
      errors: errors + (isError({ severity }) ? 1 : 0),
      secret: secret || rule.startsWith('NOFX_SECRET'),
    })
  }
  return findings
}

async function readManifests(
  tree: WorkingTree,
  worthy: readonly { folder: DefinitionFolder; change: ReportManifest['change'] }[],
  watch: StageWatch,
): Promise<ReportManifest[]> {
  const manifests: ReportManifest[] = []
  let left = MOST_BYTES
  const changes = new Map(worthy.map(({ folder, change }) => [folder, change]))
  for await (const folder of readAhead(tree, changes.keys(), watch)) {
    if (manifests.length === MOST_MANIFESTS) break
    const { kind, id } = folder
    const names = listManifestFiles(kind)
    const file = readSource(folder).files.find(({ path }) => names.includes(path))
    if (file?.text === undefined) continue
    const change = changes.get(folder) ?? 'added'
    const manifest = { kind: kind.id, id, change, file: file.path, text: file.text }
    left -= Buffer.byteLength(JSON.stringify(manifest)) + 1
    if (left < 0) break
    manifests.push(manifest)
  }
  return manifests
}
