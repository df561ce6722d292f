import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * The files below a folder, without folders behind symbolic links: Node.js 24 follows links with `recursive: true`.
 */
export function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return listFiles(path)
    return entry.isFile() ? [path] : []
  })
}
