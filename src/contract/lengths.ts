/** Lengths of what people say in a request, UTF-16 code units: the command line refuses the same as the wire. */
export const LENGTHS = { actor: [1, 255], reason: [1, 2000] } as const

/** The highest number of a version: PostgreSQL keeps it as an integer. */
export const MAX_VERSION = 2_147_483_647
