/** The type of an entry that is neither a file nor a folder. */
export type EntryOddity = 'symlink' | 'submodule' | 'other'

/** One entry of a tree or an index. `path` is relative to the definitions' root. */
export interface GitEntry {
  path: string
  mode: 'file' | 'executable' | EntryOddity
  oid: string
  /** Size of the object in bytes, if sizes were requested. */
  size?: number
}
