import { nameOf } from '../../contract/name.ts'
import type { Definitions } from './git-entries.ts'
import type { GitEntry } from './git-entry.ts'

/** The files of some definitions, by their paths. */
export function committedFiles(
  names: readonly string[],
  { folders, odd }: Definitions,
): Map<string, GitEntry> {
  const files = new Map<string, GitEntry>()
  for (const name of names) {
    for (const entry of folders.get(name) ?? [])
      if (entry.mode !== 'submodule') files.set(`${name}/${entry.path}`, entry)
    if (odd.get(name) === 'symlink') files.set(name, { path: name, mode: 'symlink', oid: '' })
  }
  return files
}

/** Whether a path is inside of another repository, whose files the commit does not have. */
export function isInSubmodule(path: string, { folders, odd }: Definitions): boolean {
  const [kind = '', id = '', ...rest] = path.split('/')
  const name = nameOf({ kind, id })
  if (odd.get(name) === 'submodule') return true
  const inside = rest.join('/')
  return (folders.get(name) ?? []).some(
    (one) => one.mode === 'submodule' && `${inside}/`.startsWith(`${one.path}/`),
  )
}
