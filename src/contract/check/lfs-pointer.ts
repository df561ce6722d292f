import { type Finding, findingMaker } from '../diagnostic.ts'
import { CORE_RULES } from '../rules.ts'

const makeFinding = findingMaker(CORE_RULES)

/** A Git LFS pointer is smaller than this, in bytes, and starts with `START` (git-lfs, docs/spec.md). */
export const MOST_POINTER = 1024
const START = 'version https://git-lfs.github.com/spec/'

/** Reports a file that holds a Git LFS pointer in place of its content. */
export function checkPointer(path: string, text: string, findings: Finding[]): void {
  if (text.length >= MOST_POINTER || !text.startsWith(START)) return
  findings.push(
    makeFinding(
      'NOFX_FILE_LFS_POINTER',
      { file: path },
      `${path} is a Git LFS pointer, not the content`,
      'take it out of LFS, then commit the content: git lfs untrack <pattern> && git add --renormalize .',
    ),
  )
}
