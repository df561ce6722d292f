import { sha256 } from '../../contract/digest.ts'

/**
 * JSON behind the SHA-256 of its text. It tells a file that was cut off, or that somebody edited; it is no defence
 * against one who may write to the folder and means harm.
 */
export function seal(value: unknown): string {
  const text = JSON.stringify(value)
  return `${sha256(text)}\n${text}\n`
}

/** What was sealed; undefined when it is not whole. */
export function unseal(sealed: string): unknown {
  const text = sealed.slice(65, -1)
  if (sealed.at(-1) !== '\n' || sealed.slice(0, 65) !== `${sha256(text)}\n`) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
