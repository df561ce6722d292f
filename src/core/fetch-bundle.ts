import { pathProblem, pathTwins } from '../contract/check/file-rules.ts'
import { digestOf, sha256 } from '../contract/digest.ts'
import { Failure } from '../contract/failure.ts'
import { byName, nameOf } from '../contract/name.ts'
import { bundlePath } from '../contract/protocol/bundle-path.ts'
import { keepInPreview } from '../contract/text/keep-in-preview.ts'
import type { LockedVersion, Registry } from './registry/registry.ts'
import type { Revision } from './registry/revision.ts'
import { type ArchiveFile, tarSize, unpackArchive } from './tree/archive.ts'

/**
 * The registry's record of a version with this digest, against which its archive is verified.
 * @throws Failure REMOTE_FAILED if the registry has no such version
 */
export async function fetchRevision(
  registry: Registry,
  { kind, id, version, digest }: LockedVersion,
): Promise<Revision> {
  return requireVersion(registry, await registry.revision(kind, id, version), { kind, id, version, digest })
}

/**
 * The same for several versions, which are read together; the records are in the order of the versions.
 * @throws Failure as `fetchRevision`
 */
export async function fetchRevisions(
  registry: Registry,
  versions: readonly LockedVersion[],
): Promise<Revision[]> {
  const revisions = byName(versions.length > 0 ? await registry.revisions(versions) : [])
  return versions.map((locked) => requireVersion(registry, revisions.get(nameOf(locked)), locked))
}

function requireVersion(
  registry: Registry,
  revision: Revision | undefined,
  { kind, id, version, digest }: LockedVersion,
): Revision {
  if (revision?.digest === digest && revision.kind === kind && revision.id === id) return revision
  const what = `${registry.label} has no version ${version} of ${nameOf({ kind, id })} with the digest ${digest.slice(0, 12)}`
  throw new Failure('REMOTE_FAILED', what, keepInPreview('run: nofx registry verify', registry.preview), {
    at: nameOf({ kind, id }),
  })
}

/**
 * The files of a revision's bundle, verified against its digest. Sizes and hashes that can be compared before
 * unpacking are compared first.
 * @throws Failure REMOTE_FAILED if the files that the revision lists do not make its digest, or the bytes differ
 */
export async function fetchBundle(registry: Registry, revision: Revision): Promise<ArchiveFile[]> {
  const { kind, id, digest, files: fileEntries, bundle } = revision
  const path = bundlePath(kind, id, digest, registry.preview)
  const paths = fileEntries.map((file) => file.path)
  const isUnsafe = paths.some((file) => pathProblem(file) !== undefined) || pathTwins(paths).length > 0
  if (digestOf(kind, id, fileEntries) !== digest || isUnsafe)
    throw damaged(registry, path, `the files that are listed for ${nameOf(revision)} do not make its digest`)
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
  throw damaged(registry, path, `the bundle ${path} is damaged`)
}

function damaged({ preview }: Registry, path: string, what: string): Failure {
  const hint = keepInPreview('run: nofx registry verify --repair', preview)
  return new Failure('REMOTE_FAILED', what, hint, { at: path })
}

function tryUnpack(archive: Uint8Array, most: number): ArchiveFile[] | undefined {
  try {
    return unpackArchive(archive, most)
  } catch {
    return undefined
  }
}
