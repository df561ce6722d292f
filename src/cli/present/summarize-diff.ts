import type { ContentDiff } from '../../core/diff/content-diff.ts'
import { printableText } from '../../core/printable.ts'

/** The most fields and files that a line names. */
const MOST = 4

/** `description, tools, prompts/system.md`: the fields and files that differ. */
export function summarizeDiff({ fields, files }: ContentDiff): string {
  const names = [...fields.map(({ path }) => path), ...files.map(({ path }) => path)]
  if (names.length === 0) return 'only the formatting of the manifest'
  const more = names.length > MOST ? `, and ${names.length - MOST} more` : ''
  return printableText(names.slice(0, MOST).join(', ')) + more
}
