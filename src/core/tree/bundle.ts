import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { digestOf, sha256 } from '../../contract/digest.ts'
import { Failure } from '../../contract/failure.ts'
import type { FileEntry } from '../../contract/kind.ts'
import { bundlePath } from '../../contract/protocol/bundle-path.ts'
import type { Source } from '../../contract/source.ts'
import type { BundleRef } from '../registry/revision.ts'
import { type ArchiveFile, packArchive, packArchiveAside } from './archive.ts'
import type { DefinitionFolder } from './collect.ts'

/** The folder whose assets are read. */
type BundleFolder = Pick<DefinitionFolder, 'dir' | 'from'>

/** The identity of a definition's content: its files with their hashes, and the digest made from them. */
export interface Bundle {
  digest: string
  files: FileEntry[]
}

/** A packed bundle and its path in storage. */
export interface PackedBundle {
  ref: BundleRef
  archive: Uint8Array
}

/**
 * Hashes a folder's files. Texts are hashed with LF line ends, assets unchanged.
 * @throws Failure INPUT_UNREADABLE or NO_COMMIT if an asset cannot be read
 */
export function hashFiles(source: Source, folder: BundleFolder): FileEntry[] {
  return source.files.map(({ path, size, text, executable, sha256: knownDigest }) => {
    if (text !== undefined) return { path, size, sha256: sha256(text) }
    const marks = executable ? { executable: true as const } : {}
    if (knownDigest !== undefined) return { path, size, sha256: knownDigest, ...marks }
    const bytes = readAsset(folder, path)
    return { path, size: bytes.length, sha256: sha256(bytes), ...marks }
  })
}

/** The files and the digest of a definition; throws as `hashFiles` does. */
export function buildBundle(source: Source, folder: BundleFolder): Bundle {
  const files = hashFiles(source, folder)
  return { digest: digestOf(source.kind, source.id, files), files }
}

/** Packs the bundle's archive and determines its path: in production, or in `preview`. */
export function packBundle(
  source: Source,
  digest: string,
  folder: BundleFolder,
  preview?: string,
): PackedBundle {
  return withRef(packArchive(archiveFiles(source, folder)), source, digest, preview)
}

/** The same, compressed by Node's other threads; assets are read before it returns. */
export function packBundleAside(
  source: Source,
  digest: string,
  folder: BundleFolder,
  preview?: string,
): Promise<PackedBundle> {
  return packArchiveAside(archiveFiles(source, folder)).then((archive) =>
    withRef(archive, source, digest, preview),
  )
}

function archiveFiles(source: Source, folder: BundleFolder): ArchiveFile[] {
  return source.files.map((file) => ({
    path: file.path,
    bytes: file.text === undefined ? readAsset(folder, file.path) : Buffer.from(file.text),
    ...(file.executable ? { executable: true as const } : {}),
  }))
}

function withRef(
  archive: Uint8Array,
  { kind, id }: Source,
  digest: string,
  preview: string | undefined,
): PackedBundle {
  const path = bundlePath(kind, id, digest, preview)
  return { ref: { path, size: archive.length, sha256: sha256(archive) }, archive }
}

/**
 * The bytes of one asset.
 * @throws Failure INPUT_UNREADABLE or NO_COMMIT
 */
export function readAsset({ dir, from }: BundleFolder, path: string): Uint8Array {
  if (from) return from.asset(path)
  const at = join(dir, path)
  try {
    return readFileSync(at)
  } catch (cause) {
    throw new Failure(
      'INPUT_UNREADABLE',
      `${at} could be listed but not read`,
      'check the file and run again',
      { at, cause },
    )
  }
}
