import { writeComment } from '../comment/comment.ts'
import type { Format } from './format.ts'

/** A summary for a pull request's comment or a job's page. Each value is in entities, so no log finds a command in it. */
export const formatMarkdown: Format = (diagnostics) => writeComment({ diagnostics })
