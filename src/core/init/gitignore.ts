import { addLines, type InitPart, propose } from './edit.ts'
import type { Place } from './place.ts'

/** Each line, and the lines of others that say the same. */
const LINES: readonly { line: string; same: readonly string[] }[] = [
  { line: '.nofx/', same: ['.nofx'] },
  { line: 'node_modules/', same: ['node_modules'] },
  { line: '.env', same: ['.env*', '*.env'] },
  { line: '.env.*', same: ['.env*'] },
]

/** The lines of `.gitignore`: the embedded registry, the packages, and files with keys. */
export function gitignorePart({ root }: Place): InitPart {
  return propose(root, {
    path: '.gitignore',
    fresh: addLines('', missing('')),
    add: (text) => addLines(text, missing(text)),
    adds: missing,
    lines: missing(''),
  })
}

function missing(text: string): string[] {
  const bare = (line: string) =>
    line
      .trim()
      .replace(/^\/|^\*\*\//, '')
      .replace(/\/$/, '')
  const present = new Set(
    text
      .replace(/^\ufeff/, '')
      .split(/\r?\n/)
      .map(bare),
  )
  const lines = LINES.filter(({ line, same }) => ![line, ...same].some((one) => present.has(bare(one))))
  const added = lines.map(({ line }) => line)
  return added.includes('.env.*') ? [...added, '!.env.example'] : added
}
