import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathProblem } from '../contract/check/file-rules.ts'
import { digestOf, sha256 } from '../contract/digest.ts'
import { Failure } from '../contract/failure.ts'
import { ID_PATTERN } from '../contract/fields/id.ts'
import type { Kind } from '../contract/kind.ts'
import { nameOf } from '../contract/name.ts'
import { bundlePath } from '../contract/protocol/bundle-path.ts'
import { inside, recoverFolders, writeFolder } from './disk/write-folder.ts'
import { findHold } from './registry/hold.ts'
import type { Head, Registry } from './registry/registry.ts'
import type { Revision } from './registry/revision.ts'
import { requireContent, withdrawnFailure } from './registry/withdrawn.ts'
import { type ArchiveFile, tarSize, unpackArchive } from './tree/archive.ts'
import { hashFiles } from './tree/bundle.ts'
import { readSource } from './tree/collect.ts'

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
  for (const target of targets)
    if (target.state === 'written')
      replaceFolder(
        target.dir,
        await fetchBundle(registry, await fetchRevision(registry, request.kind, target)),
      )
  return targets
}

/** The registry's record of a target, against which its archive is verified. */
async function fetchRevision(
  registry: Registry,
  kind: Kind,
  { id, version, digest }: Pulled,
): Promise<Revision> {
  const revision = await registry.revision(kind.id, id, version)
  if (revision?.digest === digest && revision.kind === kind.id && revision.id === id) return revision
  const what = `${registry.label} has no version ${version} of ${nameOf({ kind: kind.id, id })} with the digest ${digest.slice(0, 12)}`
  throw new Failure('REMOTE_FAILED', what, 'run: nofx registry verify', { at: nameOf({ kind: kind.id, id }) })
}

/**
 * The files of a revision's bundle, verified against its digest. Sizes and hashes that can be compared before
 * unpacking are compared first.
 * @throws Failure REMOTE_FAILED if the files that the revision lists do not make its digest, or the bytes differ
 */
async function fetchBundle(registry: Registry, revision: Revision): Promise<ArchiveFile[]> {
  const { kind, id, digest, files: fileEntries, bundle } = revision
  const path = bundlePath(kind, id, digest, registry.preview)
  if (
    digestOf(kind, id, fileEntries) !== digest ||
    fileEntries.some((file) => pathProblem(file.path) !== undefined)
  )
    throw damaged(path, `the files that are listed for ${nameOf(revision)} do not make its digest`)
  const archive = await registry.download(path).catch((error: unknown) => {
    // Bundles that a preview did not change are stored with production's.
    if (registry.preview === undefined || !(error instanceof Failure && error.code === 'NOT_FOUND'))
      throw error
    return registry.download(bundlePath(kind, id, digest))
  })
  const isRecorded = archive.length === bundle.size && sha256(archive) === bundle.sha256
  const files = isRecorded ? tryUnpack(archive, tarSize(fileEntries)) : undefined
  const entries = files?.map((file) => ({
    path: file.path,
    size: file.bytes.length,
    sha256: sha256(file.bytes),
    ...(file.executable ? { executable: file.executable } : {}),
  }))
  if (files && entries && digestOf(kind, id, entries) === digest) return files
  throw damaged(path, `the bundle ${path} is damaged`)
}

function damaged(path: string, what: string): Failure {
  return new Failure('REMOTE_FAILED', what, 'run: nofx registry verify --repair', { at: path })
}

function tryUnpack(archive: Uint8Array, most: number): ArchiveFile[] | undefined {
  try {
    return unpackArchive(archive, most)
  } catch {
    return undefined
  }
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
