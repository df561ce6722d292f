import type { Registry } from '../../core/registry/registry.ts'
import { type CiEndpoint, createCiIdentity } from './ci-identity.ts'
import { openWithTokens } from './open-with-tokens.ts'
import { type RetryOptions, retryingFetch } from './retrying-fetch.ts'

export interface AsCiOptions {
  /** The project's URL. */
  url: string
  ci: CiEndpoint
  retry?: Partial<RetryOptions>
}

/**
 * The registry of a hosted project for a CI job without a key: the edge functions accept the job's identity token.
 * @throws Failure REMOTE_DENIED, REMOTE_FAILED when the platform gives no token
 */
export async function openAsCi({ url, ci, retry }: AsCiOptions): Promise<Registry> {
  const fetch = retryingFetch(globalThis.fetch, retry)
  const tokens = createCiIdentity(ci, fetch)
  await tokens.token()
  return openWithTokens({ url, tokens, fetch })
}
