import { relative, resolve } from 'node:path'

/** A path for people: as it is typed in the current folder, with `/`. */
export function shownPath(path: string): string {
  return relative(process.cwd(), resolve(path)).replaceAll('\\', '/') || '.'
}
