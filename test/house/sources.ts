import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

/** One import of a file: a path from the top of the repository, or the name of a package. */
export interface Import {
  from: string
  to: string
  /** Whether the import is erased when the code is compiled. */
  typeOnly: boolean
}

const STATEMENT =
  /^(?:import|export)\s+(type\s+)?([^'"]*?)from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\(\s*'([^']+)'\s*\)/gm
/** `{ type A, type B as C }` */
const TYPES = /^\{(?:\s*type\s[^,}]+,?)+\s*\}\s*$/

/** The files below a folder whose names match, by default those of TypeScript, as paths with slashes. */
export function filesUnder(dir: string, wanted = /\.ts$/): string[] {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const path = `${dir}/${entry.name}`
    // Packages that a check has installed beside its files are not ours.
    if (entry.name === 'node_modules') return []
    if (entry.isDirectory()) return filesUnder(path, wanted)
    return entry.isFile() && wanted.test(entry.name) ? [path] : []
  })
}

/** What a file imports: statements, re-exports and calls of `import()`. */
export function importsOf(from: string): Import[] {
  return [...readFileSync(from, 'utf8').matchAll(STATEMENT)].map((match) => {
    const name = (match[3] ?? match[4] ?? match[5]) as string
    const to = name.startsWith('.') ? normalize(join(dirname(from), name)).replaceAll('\\', '/') : name
    return { from, to, typeOnly: match[1] !== undefined || TYPES.test(match[2] ?? '') }
  })
}
