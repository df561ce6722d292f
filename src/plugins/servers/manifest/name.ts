import { sha256 } from '../../../contract/digest.ts'

/** The name of a server: a namespace in reverse DNS, one slash, and a name. */
export const SERVER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9.-]*\/[a-zA-Z0-9][a-zA-Z0-9._-]*$/
/** A server and its exact version. */
export const SERVER_REFERENCE =
  /^[a-zA-Z0-9][a-zA-Z0-9.-]*\/[a-zA-Z0-9][a-zA-Z0-9._-]*@[0-9]+\.[0-9]+\.[0-9]+(?:[-+][0-9A-Za-z.+-]+)?$/
/** The longest name, characters. */
export const NAME_LENGTH = 200

/** The longest id of a definition, and the part of it that stands before a hash. */
const ID_LENGTH = 64
const HASH_LENGTH = 8

/**
 * The id of the definition of a server: its name in lower case, words joined by hyphens. A name that is too long for an
 * id keeps its start, and a hash of the name makes the id its own.
 */
export function serverId(name: string): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  if (id.length <= ID_LENGTH) return id
  const start = id.slice(0, ID_LENGTH - HASH_LENGTH - 1).replace(/-$/, '')
  return `${start}-${sha256(name).slice(0, HASH_LENGTH)}`
}

/** The server and the version that a reference such as `io.github.owner/name@1.2.3` names. */
export function splitServer(reference: string): { name: string; version: string } {
  const at = reference.lastIndexOf('@')
  return { name: reference.slice(0, at), version: reference.slice(at + 1) }
}
