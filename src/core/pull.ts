import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { digestOf } from '../contract/digest.ts'
import { Failure } from '../contract/failure.ts'
import { ID_PATTERN } from '../contract/id-pattern.ts'
import type { Kind } from '../contract/kind.ts'
import { nameOf } from '../contract/name.ts'
import { inside, recoverFolders, writeFolder } from './disk/write-folder.ts'
import { fetchBundle, fetchRevisions } from './fetch-bundle.ts'
import { inParallel } from './in-parallel.ts'
import { findHold } from './registry/hold.ts'
import type { Head, Registry } from './registry/registry.ts'
import { requireContent, withdrawnFailure } from './registry/withdrawn.ts'
import type { ArchiveFile } from './tree/archive.ts'
import { hashFiles } from './tree/bundle.ts'
import { readSource } from './tree/collect.ts'

/** Maximum number of concurrent downloads. */
const AT_ONCE = 16
/** Maximum number of definitions whose texts are read before their bundles. */
const IN_MEMORY = 200

/** What to write, and where. Without ids: every live definition. */
export interface PullRequest {
  kind: Kind
  ids: readonly string[]
  version?: number
  /** Folder that gets `<kind>/<id>/`. */
  root: string
  /** Whether to replace folders whose content differs. */
  force: boolean
}

/** The result for one definition on disk. */
export interface Pulled {
  id: string
  version: number
  digest: string
  dir: string
  state: 'written' | 'unchanged'
}

/**
 * Downloads bundles, verifies them against their digests and writes each folder as a whole.
 * @throws Failure NOT_FOUND; WITHDRAWN; REFUSED for a folder that differs, before anything is written; REMOTE_FAILED
 * for a damaged bundle
 */
export async function pull(registry: Registry, request: PullRequest): Promise<Pulled[]> {
  const targets = await findTargets(registry, request)
  for (const target of targets)
    if (existsSync(target.dir) && !request.force && target.state === 'written')
      throw new Failure(
        'REFUSED',
        `${target.dir} differs from version ${target.version}`,
        'keep your changes elsewhere, or add --force',
      )
  const differing = targets.filter((target) => target.state === 'written')
  for (let at = 0; at < differing.length; at += IN_MEMORY)
    await writeSome(registry, request.kind, differing.slice(at, at + IN_MEMORY))
  return targets
}

async function writeSome(registry: Registry, { id: kind }: Kind, targets: readonly Pulled[]): Promise<void> {
  const revisions = await fetchRevisions(
    registry,
    targets.map((target) => ({ ...target, kind })),
  )
  const dirs = new Map(targets.map((target) => [target.id, target.dir]))
  await inParallel(revisions, AT_ONCE, async (revision) => {
    const files = await fetchBundle(registry, revision)
    const dir = dirs.get(revision.id)
    if (dir !== undefined) replaceFolder(dir, files)
  })
}

async function findTargets(registry: Registry, { kind, ids, version, root }: PullRequest): Promise<Pulled[]> {
  if (version !== undefined && ids.length !== 1)
    throw new Failure('USAGE', '--version needs exactly one id', 'name the definition')
  const heads = await registry.heads(kind.id)
  const wantedIds = ids.length ? ids : heads.filter(hasContent).map((head) => head.id)
  const targets: Pulled[] = []
  for (const id of wantedIds) {
    const head = heads.find((one) => one.id === id)
    const revision = version === undefined ? undefined : await registry.revision(kind.id, id, version)
    if (!head || (version !== undefined && !revision))
      throw new Failure(
        'NOT_FOUND',
        `${nameOf({ kind: kind.id, id })}${version ? ` version ${version}` : ''} is not in the registry`,
        'see: nofx registry list',
      )
    if (revision) requireContent(revision)
    const hold = revision ? undefined : findHold(head, head.digest)
    if (hold?.withdrawn)
      throw withdrawnFailure({ kind: kind.id, id, version: head.latestVersion }, hold.reason ?? '')
    const digest = revision?.digest ?? head.digest
    const dir = resolveFolder(root, kind, id)
    targets.push({
      id,
      version: version ?? head.latestVersion,
      digest,
      dir,
      state: diskDigest(kind, id, dir) === digest ? 'unchanged' : 'written',
    })
  }
  return targets
}

function hasContent(head: Head): boolean {
  return head.state !== 'removed' && !findHold(head, head.digest)?.withdrawn
}

/**
 * The folder of a definition below `root`. The id comes from a registry, which may answer anything, so the path is
 * checked.
 */
function resolveFolder(root: string, kind: Kind, id: string): string {
  if (ID_PATTERN.test(id)) return inside(join(root, kind.id), id)
  throw new Failure(
    'REMOTE_FAILED',
    `an id of ${kind.id} that the registry answers is not an id, so no folder is named after it`,
    'check that this is the address of a registry: nofx doctor',
    { check: 'check that this is the address of a registry' },
  )
}

/** The digest of the folder on disk; undefined if the folder is missing or could not be published. */
function diskDigest(kind: Kind, id: string, dir: string): string | undefined {
  if (!existsSync(dir)) return undefined
  const source = readSource({ kind, id, dir, shownPath: dir })
  return source.findings.length ? undefined : digestOf(kind.id, id, hashFiles(source, { dir }))
}

/**
 * Replaces a folder so that a reader of `dir` sees either the old or the new one. First repairs what a killed pull
 * left behind.
 */
function replaceFolder(dir: string, files: readonly ArchiveFile[]): void {
  recoverFolders(dirname(dir))
  const contents = Object.fromEntries(files.map(({ path, bytes }) => [path, bytes]))
  const executable = new Set(files.filter((file) => file.executable).map(({ path }) => path))
  writeFolder(dir, contents, { replace: true, executable })
}
