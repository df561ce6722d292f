import { writeComment } from '../comment/comment.ts'
import type { Format } from './format.ts'
import { fromTop } from './place.ts'

/**
 * A summary for a pull request's comment or a job's page. Each value is written in entities, so that it cannot be a
 * command in a log.
 */
export const formatMarkdown: Format = (diagnostics, { inRepository = '' }) =>
  writeComment({ diagnostics: fromTop(diagnostics, inRepository) })
