import { existsSync, realpathSync } from 'node:fs'
import { relative, resolve, sep } from 'node:path'
import type { Kind } from './kind.ts'

/** Which definitions a run looks at: of these kinds all, or the named ones as `kind/id`, or `kind` for all of one. */
export interface Selection {
  kinds: Kind[]
  names: ReadonlySet<string> | 'all'
}

/** True for a definition that the selection covers. */
export function selects(selection: Selection, kind: string, id: string): boolean {
  const { kinds, names } = selection
  if (!kinds.some((one) => one.id === kind)) return false
  return names === 'all' || names.has(`${kind}/${id}`) || names.has(kind)
}

/**
 * The definitions that files belong to, or that folders hold. Files outside every definition are no reason to look at
 * anything.
 * @param root absolute folder of the definitions
 * @param cwd what relative paths are relative to
 */
export function selectFiles(
  paths: readonly string[],
  kinds: readonly Kind[],
  root: string,
  cwd: string,
): Selection {
  const names = new Set<string>()
  for (const path of paths) {
    const steps = stepsFrom(root, resolve(cwd, path))
    if (steps.every((step) => step === '..')) return { kinds: [...kinds], names: 'all' }
    const [kind = '', id] = steps
    if (kinds.some((one) => one.id === kind)) names.add(id ? `${kind}/${id}` : kind)
  }
  return { kinds: [...kinds], names }
}

/** The way from `root` to `path`: none for `root` itself, only `..` to a folder above it. */
function stepsFrom(root: string, path: string): string[] {
  const way = relative(root, path)
  const outside = way.startsWith('..') && existsSync(path)
  const steps = (outside ? relative(root, realpathSync(path)) : way).split(sep)
  return steps.filter((step) => step !== '')
}
