/**
 * Minimum and maximum lengths of free text in a request, in UTF-16 code units. The command line enforces the same
 * limits as the wire.
 */
export const LENGTHS = { actor: [1, 255], reason: [1, 2000] } as const

/** The highest version number: PostgreSQL stores it as an integer. */
export const MAX_VERSION = 2_147_483_647
