/** One file as it came from disk or over the wire, before any rule has looked at it. */
export interface SourceFile {
  /** Relative to the definition's folder, with `/`. */
  path: string
  /** Bytes: of the LF-folded UTF-8 text, or of the asset. */
  size: number
  /** Text with LF line ends; absent for assets (everything under `assets/`) and for unreadable files. */
  text?: string
  /** An asset that may be run as a program; texts are never executable. */
  executable?: boolean
  /** The hash of an asset that was hashed while it was read. */
  sha256?: string
}

/** A definition's folder as found: the input of all validation, on both sides of the wire. */
export interface Source {
  kind: string
  /** The folder's name. */
  id: string
  files: readonly SourceFile[]
  /** What collecting already found wrong: symlinks, unreadable or oversized files, bytes that are no UTF-8. */
  findings: readonly import('./diagnostic.ts').Finding[]
}

/** Everything under this folder is binary: hashed and bundled as it is, never sent to the edge function. */
export const ASSETS = 'assets/'

/** Bytes of one call of the edge function, whose own limit is undocumented. */
export const MAX_BODY = 1_000_000
