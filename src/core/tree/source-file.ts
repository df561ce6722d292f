import { isUtf8 } from 'node:buffer'
import { checkPointer, MOST_POINTER } from '../../contract/check/lfs-pointer.ts'
import { type Finding, findingMaker } from '../../contract/diagnostic.ts'
import { foldLines } from '../../contract/manifest/fold-lines.ts'
import { CORE_RULES } from '../../contract/rules.ts'
import { ASSETS, type SourceFile } from '../../contract/source.ts'
import type { EntryOddity } from '../git/git-entry.ts'

const makeFinding = findingMaker(CORE_RULES)

/** A text as a file of a source: with LF line ends, or without its text and with a finding. */
export function textFile(path: string, bytes: Buffer, findings: Finding[]): SourceFile {
  const length = bytes.length
  if (!isUtf8(bytes)) {
    findings.push(
      makeFinding(
        'NOFX_FILE_ENCODING',
        { file: path },
        `${path} is not valid UTF-8`,
        `save it as UTF-8, or move it to ${ASSETS}`,
      ),
    )
    return { path, size: length }
  }
  const raw = bytes.toString('utf8')
  const text = foldLines(raw)
  return { path, size: text === raw ? length : Buffer.byteLength(text), text }
}

/**
 * An asset as a file of a source. `read` returns the bytes of an asset that is small enough to be a Git LFS pointer.
 */
export function assetFile(
  path: string,
  size: number,
  executable: boolean,
  findings: Finding[],
  read: () => Uint8Array | undefined,
): SourceFile {
  const bytes = size < MOST_POINTER ? read() : undefined
  if (bytes) checkPointer(path, Buffer.from(bytes).toString('latin1'), findings)
  return { path, size, ...(executable ? { executable } : {}) }
}

/** The finding for a file that exists and cannot be read. */
export function unreadable(path: string, code: string): Finding {
  return makeFinding(
    'NOFX_FILE_UNREADABLE',
    { file: path },
    `${path} cannot be read (${code})`,
    'check that it exists and that you may read it',
  )
}

/** The finding for an entry that cannot be part of a definition. */
export function oddEntry(path: string, what: EntryOddity): Finding {
  if (what === 'submodule')
    return makeFinding(
      'NOFX_FILE_SUBMODULE',
      { file: path },
      `${path} is a git repository of its own, so its files are not in the commit`,
      'put the files themselves into the folder, without .git, and commit them',
    )
  const description = what === 'symlink' ? 'a symbolic link' : 'neither a file nor a folder'
  return makeFinding(
    'NOFX_FILE_SYMLINK',
    { file: path },
    `${path} is ${description}`,
    'put the file itself into the folder',
  )
}
