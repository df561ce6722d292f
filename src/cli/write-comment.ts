import { type CommentContent, writeComment } from '../core/comment/comment.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import { writeAtomically } from '../core/disk/write-atomically.ts'
import { fromTop } from '../core/formats/place.ts'
import { findGitPlace } from '../core/git/git-place.ts'

/**
 * Writes a pull request's comment to a file, whole or not at all. Never to stdout: a diff could contain commands for
 * the runner. Its paths start at the top of the repository, as those of the forge that shows it.
 * @throws Failure INPUT_UNREADABLE, DISK_FULL
 */
export async function writeCommentFile(path: string, content: CommentContent): Promise<void> {
  const { diagnostics } = content
  const inRepository = diagnostics.length > 0 ? ((await findGitPlace(process.cwd()))?.path ?? '') : ''
  const comment = writeComment({ ...content, diagnostics: fromTop(diagnostics, inRepository) })
  try {
    writeAtomically(path, `${comment}\n`)
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}
