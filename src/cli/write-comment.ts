import { type CommentContent, writeComment } from '../core/comment/comment.ts'
import { asDiskFailure } from '../core/disk/disk-failure.ts'
import { writeAtomically } from '../core/disk/write-atomically.ts'

/**
 * Writes a pull request's comment to a file, whole or not at all. Never to stdout: a diff could contain commands for
 * the runner.
 * @throws Failure INPUT_UNREADABLE, DISK_FULL
 */
export function writeCommentFile(path: string, content: CommentContent): void {
  try {
    writeAtomically(path, `${writeComment(content)}\n`)
  } catch (error) {
    throw asDiskFailure(error, path)
  }
}
