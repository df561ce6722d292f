import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Failure } from '../../contract/failure.ts'
import { lifecycleRisks } from '../../contract/fields/lifecycle-risks.ts'
import type { Definition, FileEntry, Kind, Risk } from '../../contract/kind.ts'
import { findManifestName } from '../../contract/manifest/manifest-file.ts'
import { provenManifest } from '../../contract/manifest/proven-manifest.ts'
import type { YamlLibrary } from '../../contract/manifest/yaml-text.ts'
import { nameOf } from '../../contract/name.ts'
import { exampleRisks } from '../../contract/text/example-secrets.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import { findRevision } from '../registry/find-revision.ts'
import type { Registry } from '../registry/registry.ts'
import type { HeadState, Revision } from '../registry/revision.ts'
import { buildBundle } from '../tree/bundle.ts'
import { readDefinition, type WorkingTree } from '../tree/tree.ts'
import { type ContentDiff, type DiffOptions, diffContent } from './content-diff.ts'

/** A definition at one moment, with the hashes of its files. */
export interface ContentState extends Definition {
  files: readonly FileEntry[]
  /** The state of the revision in the registry; absent for a folder. */
  state?: HeadState
}

/** The differences between two states, and the risks among them. */
export async function compareStates(
  kind: Kind,
  before: ContentState,
  after: ContentState,
  how: DiffOptions = {},
): Promise<{ diff: ContentDiff; risks: Risk[] }> {
  return { diff: await diffContent(before, after, how), risks: findRisks(kind, before, after) }
}

const LEVELS: readonly Risk['level'][] = ['high', 'medium', 'low']

/** The risks of a change, or of a new definition, the highest first; none for a kind that names no risks. */
export function findRisks(kind: Kind, before: ContentState | undefined, after: ContentState): Risk[] {
  const own = kind.risks?.(before, after) ?? []
  const risks = [
    ...exampleRisks(before?.manifest, after.manifest),
    ...(before ? withStates(kind, before, after, own) : own),
  ]
  return risks.sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level))
}

/** A promoted draft is live, but its content, which never changes, still has the status `draft`. */
function withStates(kind: Kind, before: ContentState, after: ContentState, risks: Risk[]): Risk[] {
  const readStatus = (content: ContentState) => kind.describe(content).status
  const isPromoted = (content: ContentState) =>
    (content.state ?? 'draft') !== 'draft' && readStatus(content) === 'draft'
  if (!isPromoted(before) && !isPromoted(after)) return risks
  const isStatus = ({ id }: Risk) => id === 'status-changed'
  const field = risks.find(isStatus)?.field ?? 'status'
  const [old, now] = [before, after].map(
    (one) => ({ status: isPromoted(one) ? 'active' : readStatus(one) }) as const,
  )
  const changed = old && now ? lifecycleRisks(old, now) : []
  return [...risks.filter((risk) => !isStatus(risk)), ...changed.map((risk) => ({ ...risk, field }))]
}

const loadYaml = () => createRequire(import.meta.url)('yaml') as YamlLibrary

/**
 * A stored revision as the definition that was published. The manifest is read from the revision's own text, which
 * the digest covers.
 * @throws Failure REMOTE_FAILED if its texts do not contain a manifest
 */
export function buildState(revision: Revision, kind: Kind): ContentState {
  const manifest = provenManifest(revision.texts, kind, loadYaml)
  if (manifest) return stateWith(revision, kind, manifest)
  const at = nameOf({ kind: kind.id, id: revision.id })
  throw new Failure(
    'REMOTE_FAILED',
    `the field "texts" of ${at} holds no readable ${kind.manifestFile}`,
    'run: nofx registry verify',
    { at },
  )
}

/**
 * The same for a revision that readers get, or will get after a move: a draft that is promoted keeps its content.
 * @throws Failure REMOTE_FAILED if its texts do not contain a manifest
 */
export function buildLiveState(revision: Revision, kind: Kind): ContentState {
  return { ...buildState(revision, kind), state: 'active' }
}

/**
 * The same for people: a revision that this version of NOFX cannot read is shown as it is stored.
 * @returns `fits`: whether the manifest has the shape that the kind's own code expects, such as its risks
 */
export function readStored(revision: Revision, kind: Kind): { state: ContentState; fits: boolean } {
  const manifest = provenManifest(revision.texts, kind, loadYaml)
  const fits = manifest !== undefined && kind.schema.safeParse(manifest).success
  return { state: stateWith(revision, kind, manifest ?? revision.manifest), fits }
}

function stateWith(
  { id, files, state, texts: stored }: Revision,
  kind: Kind,
  manifest: unknown,
): ContentState {
  const texts = new Map(Object.entries(stored))
  const manifestPath = findManifestName(kind, (path) => texts.has(path)) ?? kind.manifestFile
  return { kind: kind.id, id, manifestPath, manifest, texts, files, state }
}

/** @throws Failure NOT_FOUND if the version does not exist, WITHDRAWN if its content was deleted */
export async function revisionState(
  registry: Registry,
  kind: Kind,
  id: string,
  version: number,
): Promise<ContentState> {
  return buildState(await findRevision(registry, kind.id, id, version), kind)
}

/** @throws Failure NOT_FOUND if the folder does not exist, FINDINGS if its manifest cannot be read as a definition */
export function treeState(tree: WorkingTree, kind: Kind, id: string): ContentState {
  const { source, definition, folder } = readDefinition(tree, kind, id)
  if (!(folder.from?.present ?? existsSync(folder.dir)))
    throw new Failure(
      'NOT_FOUND',
      `${folder.shownPath} does not exist`,
      `get it back with: nofx registry pull ${nameOf({ kind: kind.id, id })}`,
    )
  if (!definition)
    throw new Failure(
      'FINDINGS',
      `${folder.shownPath} is not a valid definition`,
      `see: nofx validate ${quoteWord(folder.shownPath)}`,
    )
  return { ...definition, files: buildBundle(source, folder).files }
}
