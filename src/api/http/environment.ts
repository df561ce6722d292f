import type { SupabaseClient } from '@supabase/supabase-js'
import { NAME_HINT, PREVIEW_NAME } from '../../contract/protocol/preview.ts'
import { readSeq } from '../reads/read-heads.ts'
import { refuse } from './problem.ts'

/** What a request names a preview environment with: one of these, or both alike. With neither it means production. */
export const ENV_PARAMETER = 'env'
export const ENV_HEADER = 'X-Nofx-Env'

/** Every name of an environment that a request gives, whether or not it is one. */
export function environmentsNamed({ searchParams }: URL, headers: Headers): string[] {
  const header = headers.get(ENV_HEADER)
  return [...searchParams.getAll(ENV_PARAMETER), ...(header === null ? [] : [header])]
}

/**
 * The preview that a request means; undefined is production.
 * @param named what `environmentsNamed` gave
 * @throws Refusal 400 for what is no name, and for two of them
 */
export function environmentOf(named: readonly string[]): string | undefined {
  const [env, ...others] = new Set(named)
  if (env === undefined) return undefined
  if (others.length > 0)
    throw refuse(
      400,
      'BAD_REQUEST',
      'the request names two environments',
      `name one, by ?${ENV_PARAMETER}= or by ${ENV_HEADER}`,
    )
  if (PREVIEW_NAME.test(env)) return env
  const issue = { field: ENV_PARAMETER, message: 'is not a valid preview name', rule: 'NOFX_PREVIEW_NAME' }
  // Not quoted: it may be anything, a key that slipped in included.
  throw refuse(400, 'BAD_REQUEST', `${ENV_PARAMETER} ${issue.message}`, `give ${NAME_HINT}`, {
    issues: [issue],
  })
}

/**
 * Asks for a preview before anything is asked in it: not every route asks the registry, and none answers for one that
 * is gone.
 * @throws Failure NOT_FOUND
 */
export async function requirePreview(client: SupabaseClient): Promise<void> {
  await readSeq(client)
}
