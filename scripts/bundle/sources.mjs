// What the build has to know of the sources: their texts, and the names that they import and export.
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { listFiles } from '../list-files.mjs'

/** Imports of values: the names in braces, and where they come from. */
export const IMPORT = /^import \{([^}]+)\} from '([^']+)'/gm
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Every file below src/, with its path from the project's folder. */
export const sources = listFiles(join(root, 'src'))
  .filter((path) => path.endsWith('.ts'))
  .map((path) => ({
    path: relative(root, path).replaceAll('\\', '/'),
    text: readFileSync(path, 'utf8'),
  }))

/** Where a relative import leads. */
export const sourceAt = (folder, path) => relative('.', join(folder, path)).replaceAll('\\', '/')

/** What a source exports to other sources. */
export function exportedNames(path) {
  const { text } = sources.find((source) => source.path === path)
  const single = [...text.matchAll(/^export (?:async )?(?:function\*?|const|class) (\w+)/gm)]
  const lists = [...text.matchAll(/^export \{([^}]+)\}/gm)].flatMap(([, list]) => namesIn(list))
  // A function has a line for each of its overloads.
  return [...new Set([...single.map(([, name]) => name), ...lists])]
}

/** The values in the braces of an import or export. */
export function namesIn(list) {
  const names = list.split(',').map((name) => name.trim())
  return names.filter((name) => name !== '' && !name.startsWith('type ')).map((name) => name.split(' as ')[0])
}

/** What the sources import from a package. */
export function importedNames(path) {
  const imports = sources.flatMap(({ text }) => [...text.matchAll(IMPORT)])
  const names = imports.filter(([, , from]) => from === path).flatMap(([, list]) => namesIn(list))
  return [...new Set(names)].sort()
}
