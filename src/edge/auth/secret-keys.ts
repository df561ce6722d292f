import { createHash, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'

/** Also refuses characters that a header cannot carry: the resulting error would quote the key. */
const keyShape = z.string().regex(/^[\w.-]{20,}$/)

/**
 * The project's secret keys: `SUPABASE_SECRET_KEYS`, a dictionary in JSON as the platform sets it, else
 * `SUPABASE_SECRET_KEY`. During a rotation there are several, and all of them are valid.
 * @throws Error when neither has a key, without the variable's content
 */
export function readSecretKeys(env: Record<string, string | undefined>): [string, ...string[]] {
  const { SUPABASE_SECRET_KEYS: many, SUPABASE_SECRET_KEY: one } = env
  const [first, ...rest] = many ? Object.values(parse(many)) : [one]
  if (!keyShape.safeParse(first).success || first === undefined)
    throw new Error('neither SUPABASE_SECRET_KEYS nor SUPABASE_SECRET_KEY holds a key')
  return [first, ...rest.filter((key) => key !== undefined)]
}

function parse(text: string): Record<string, string> {
  try {
    return z.record(z.string(), keyShape).parse(JSON.parse(text))
  } catch {
    throw new Error('SUPABASE_SECRET_KEYS is not a JSON object of keys')
  }
}

/**
 * A function that returns whether a text is one of the keys, in a time that does not depend on them: digests have equal
 * length, and every key is compared every time.
 */
export function keyMatcher(keys: readonly string[]): (text: string) => boolean {
  const digests = keys.map(digest)
  return (text) => {
    const textDigest = digest(text)
    return digests.map((key) => timingSafeEqual(key, textDigest)).includes(true)
  }
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
