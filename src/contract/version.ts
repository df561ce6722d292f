/** The version of NOFX, which the edge functions state in each answer: equal to package.json. */
export const VERSION = '0.1.0'

/** The header of an edge function's answers with its version. */
export const VERSION_HEADER = 'x-nofx-version'
