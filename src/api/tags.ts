import { canonicalJson, sha256 } from '../core/contract/digest.ts'

/** The strong tag of a definition's head, without its quotes: another content, version or state has another tag. */
export function headTag(head: { version: number | null; digest: string; state: string }): string {
  return `${head.version ?? 0}-${head.digest}-${head.state}`
}

/** The tag of what depends on everything that was ever published: one number says whether anything moved. */
export function registryTag(seq: number, what: unknown): string {
  return `${seq}-${fingerprint(what)}`
}

/** 16 hex digits for any JSON value. */
export function fingerprint(value: unknown): string {
  return sha256(canonicalJson(value)).slice(0, 16)
}

/**
 * Whether a header `If-None-Match` names the tag, in the weak comparison that RFC 9110 wants for it: a cache on the
 * way may have marked the tag as weak.
 */
export function namesTag(header: string | null, tag: string): boolean {
  if (header === null) return false
  if (header.trim() === '*') return true
  return [...header.matchAll(/(?:W\/)?"([^"]*)"/g)].some(([, named]) => named === tag)
}
