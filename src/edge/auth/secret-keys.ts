import { createHash, timingSafeEqual } from 'node:crypto'
import * as z from 'zod'

/** Also keeps out what no header can carry: the error would quote it. */
const keyShape = z.string().regex(/^[\w.-]{20,}$/)

/**
 * The project's secret keys: `SUPABASE_SECRET_KEYS`, a dictionary in JSON as the platform sets it, else
 * `SUPABASE_SECRET_KEY`. While keys are rotated there are several, and all of them count.
 * @throws Error when there is none, without the variable's content
 */
export function secretKeysOf(env: Record<string, string | undefined>): [string, ...string[]] {
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
 * Tells whether a text is one of the keys, in a time that says nothing about them: digests have one length, and every
 * key is compared every time.
 */
export function keyMatcher(keys: readonly string[]): (text: string) => boolean {
  const digests = keys.map(digest)
  return (text) => {
    const given = digest(text)
    return digests.map((key) => timingSafeEqual(key, given)).includes(true)
  }
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}
