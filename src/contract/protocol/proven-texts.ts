import { sha256 } from '../digest.ts'
import type { FileEntry } from '../kind.ts'
import { ASSETS } from '../source.ts'

const encoder = new TextEncoder()

/**
 * Why the texts do not match the files of a definition, or undefined: there must be one text with the right hash for
 * each file outside `assets/`, and no other.
 */
export function textProblem(
  texts: Readonly<Record<string, string>>,
  files: readonly FileEntry[],
): string | undefined {
  const entryByPath = new Map(files.map((file) => [file.path, file]))
  for (const [path, text] of Object.entries(texts)) {
    const file = entryByPath.get(path)
    if (file?.size !== encoder.encode(text).length || file.sha256 !== sha256(text))
      return `${path} is not the text that was published`
  }
  const missing = files.find(({ path }) => !path.startsWith(ASSETS) && !Object.hasOwn(texts, path))
  return missing && `${missing.path} is missing`
}
