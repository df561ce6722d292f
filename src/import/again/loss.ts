import { renderPatch } from '../../core/diff/content-diff.ts'
import type { Files } from './existing.ts'
import { withoutRecord } from './three-way.ts'

/** A unified diff from the present definition to the source's alone: the changes that `--force` would lose. */
export async function describeLoss(manifestFile: string, ours: Files, theirs: Files): Promise<string> {
  const [here, there] = [withoutRecord(manifestFile, ours), withoutRecord(manifestFile, theirs)]
  const paths = [...new Set([...Object.keys(here), ...Object.keys(there)])].sort()
  const changed = paths.filter((path) => here[path] !== there[path])
  const patches = await Promise.all(
    changed.map((path) => renderPatch(path, here[path] ?? '', there[path] ?? '')),
  )
  return patches.join('')
}
