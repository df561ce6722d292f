import type { SupabaseClient } from '@supabase/supabase-js'
import { NAME_HINT, PREVIEW_NAME } from '../../contract/protocol/preview.ts'
import { readSeq } from '../reads/read-heads.ts'
import { refuse } from './problem.ts'

/**
 * The parameter that names a preview. A request may use it, the header, or both with the same name; neither
 * means production.
 */
export const ENV_PARAMETER = 'env'
export const ENV_HEADER = 'X-Nofx-Env'

/** Every environment name in a request, valid or not. */
export function readEnvironmentNames({ searchParams }: URL, headers: Headers): string[] {
  const header = headers.get(ENV_HEADER)
  return [...searchParams.getAll(ENV_PARAMETER), ...(header === null ? [] : [header])]
}

/**
 * The preview that a request names; undefined for production.
 * @param names the result of `readEnvironmentNames`
 * @throws Refusal 400 for an invalid name, and for two different names
 */
export function chooseEnvironment(names: readonly string[]): string | undefined {
  const [env, ...others] = new Set(names)
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
  // The value is not quoted: it could be a key, sent by mistake.
  throw refuse(400, 'BAD_REQUEST', `${ENV_PARAMETER} ${issue.message}`, `give ${NAME_HINT}`, {
    issues: [issue],
  })
}

/**
 * Checks that a preview exists before a route runs: some routes do not read the registry, and they must not answer for
 * a preview that is gone.
 * @throws Failure NOT_FOUND
 */
export async function requirePreview(client: SupabaseClient): Promise<void> {
  await readSeq(client)
}
