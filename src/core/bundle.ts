import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ArchiveFile, packArchive } from './archive.ts'
import { bundlePath } from './contract/bundle-path.ts'
import { digestOf, sha256 } from './contract/digest.ts'
import type { Source } from './contract/source.ts'
import { Failure } from './failure.ts'
import type { FileEntry } from './kind.ts'
import type { BundleRef } from './registry.ts'

/** What identifies a definition's content: its files with their hashes, and the digest made of them. */
export interface Bundle {
  digest: string
  files: FileEntry[]
}

/**
 * Hashes a folder's files. Text is hashed with LF line ends, assets as they are on disk under `dir`.
 * @throws Failure INPUT_UNREADABLE when an asset cannot be read
 */
export function hashFiles(source: Source, dir: string): FileEntry[] {
  return source.files.map(({ path, size, text }) => {
    if (text !== undefined) return { path, size, sha256: sha256(text) }
    const bytes = readAsset(dir, path)
    return { path, size: bytes.length, sha256: sha256(bytes) }
  })
}

/** A definition's content; throws as `hashFiles` does. */
export function bundleOf(source: Source, dir: string): Bundle {
  const files = hashFiles(source, dir)
  return { digest: digestOf(source.kind, source.id, files), files }
}

/** Packs the bundle's archive and says where it goes: to production's, or to those of `preview`. */
export function packBundle(
  source: Source,
  digest: string,
  dir: string,
  preview?: string,
): { ref: BundleRef; archive: Uint8Array } {
  const files: ArchiveFile[] = source.files.map((file) => ({
    path: file.path,
    bytes: file.text === undefined ? readAsset(dir, file.path) : Buffer.from(file.text),
  }))
  const archive = packArchive(files)
  const path = bundlePath(source.kind, source.id, digest, preview)
  return { ref: { path, size: archive.length, sha256: sha256(archive) }, archive }
}

function readAsset(dir: string, path: string): Uint8Array {
  try {
    return readFileSync(join(dir, path))
  } catch (cause) {
    const at = join(dir, path)
    throw new Failure(
      'INPUT_UNREADABLE',
      `${at} could be listed but not read`,
      'check the file and run again',
      { at, cause },
    )
  }
}
