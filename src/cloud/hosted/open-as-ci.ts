import type { Registry } from '../../core/registry/registry.ts'
import { type CiEndpoint, createCiIdentity } from './ci-identity.ts'
import { type Connected, connectWithTokens } from './open-with-tokens.ts'
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
export async function openAsCi(options: AsCiOptions): Promise<Registry> {
  return (await connectAsCi(options)).registry
}

/** The same, with the client that reads for it. */
export async function connectAsCi({ url, ci, retry }: AsCiOptions): Promise<Connected> {
  const fetch = retryingFetch(globalThis.fetch, retry)
  const tokens = createCiIdentity(ci, fetch)
  await tokens.token()
  return connectWithTokens({ url, tokens, fetch })
}
