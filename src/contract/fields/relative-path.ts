import { text } from './shape.ts'

const SEGMENT = '(?!\\.{1,2}(?:/|$))[^/\\\\:\\u0000-\\u001f]+'

/** A normalised path inside the definition's folder: only `/`, no empty, `.` or `..` segment, no drive letter. */
export const RELATIVE_PATH = new RegExp(`^${SEGMENT}(?:/${SEGMENT})*$`)

const PATH_RULE = 'must be a relative path inside the folder, with "/" and without "." or ".." segments'

/** The path of a file of the definition, as the manifest names it. */
export const relativePath = text({ max: 512, pattern: RELATIVE_PATH, must: PATH_RULE })
