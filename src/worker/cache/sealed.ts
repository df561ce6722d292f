import { sha256 } from '../../contract/digest.ts'

/**
 * JSON behind the SHA-256 of its text. The hash detects a truncated or edited file; it does not protect against an
 * attacker who can write to the folder.
 */
export function seal(value: unknown): string {
  const text = JSON.stringify(value)
  return `${sha256(text)}\n${text}\n`
}

/** The sealed value; undefined when the text was truncated or changed. */
export function unseal(sealed: string): unknown {
  const text = sealed.slice(65, -1)
  if (sealed.at(-1) !== '\n' || sealed.slice(0, 65) !== `${sha256(text)}\n`) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
