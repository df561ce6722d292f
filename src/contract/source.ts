/** One file as read from disk or received over the wire, before any rule has checked it. */
export interface SourceFile {
  /** Relative to the definition's folder, with `/`. */
  path: string
  /** Size in bytes: of the UTF-8 text after LF folding, or of the asset. */
  size: number
  /** Text with LF line ends; absent for assets (everything under `assets/`) and unreadable files. */
  text?: string
  /** True for an executable asset; texts are never executable. */
  executable?: boolean
  /** The hash of an asset that was hashed while it was read. */
  sha256?: string
}

/** A definition's folder as it was read: the input of all validation, on both sides of the wire. */
export interface Source {
  kind: string
  /** The folder's name. */
  id: string
  files: readonly SourceFile[]
  /** Findings of the collecting: symlinks, unreadable or oversized files, bytes that are not UTF-8. */
  findings: readonly import('./diagnostic.ts').Finding[]
}

/**
 * Everything under this folder is binary: it is hashed and bundled unchanged, and never sent to the edge function.
 */
export const ASSETS = 'assets/'

/** Maximum bytes in one call of the edge function; the platform's own limit is undocumented. */
export const MAX_BODY = 1_000_000
