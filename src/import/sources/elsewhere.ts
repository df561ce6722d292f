import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { findSources, type PassedOver } from './find-sources.ts'
import type { ImportFormat } from './format.ts'

/** Folders above the named one that are looked at. */
const ABOVE = 3
/** Where the original tools keep definitions. */
const NAMES = ['agents', 'commands', '.claude', '.github/agents']
const MOST = 3
/** Links that are looked at. */
const MOST_LINKS = 20

/** Folders near one without definitions that have some, written as the named one is: its links, then its neighbours. */
export function foldersNear(
  from: string,
  formats: readonly ImportFormat[],
  passedOver: readonly PassedOver[],
): string[] {
  const links = passedOver.filter(({ reason }) => reason.includes('symbolic link')).slice(0, MOST_LINKS)
  const above = Array.from({ length: ABOVE }, (_, level) => join(from, ...Array(level + 1).fill('..')))
  const candidates = [
    ...links.map(({ source }) => join(from, source)),
    ...above.flatMap((folder) => NAMES.map((name) => join(folder, name))),
  ]
  const folders = candidates.filter((path) => resolve(path) !== resolve(from) && hasSome(path, formats))
  return [...new Set(folders.map((path) => path.replaceAll('\\', '/')))].slice(0, MOST)
}

function hasSome(path: string, formats: readonly ImportFormat[]): boolean {
  if (!existsSync(path)) return false
  try {
    return findSources(path, formats).sources.some(({ paths }) => paths.length > 0)
  } catch {
    return false
  }
}
