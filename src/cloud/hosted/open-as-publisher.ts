import { Failure } from '../../contract/failure.ts'
import { findHeadsPlace } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { readToken, storedTokens, type Tokens } from '../sign-in/sign-in.ts'
import type { RegistryEnv } from './hosted-config.ts'
import { type Connected, connectWithTokens } from './open-with-tokens.ts'
import type { RetryOptions } from './retrying-fetch.ts'

export type PublisherSignIn = {
  url: string
  retry?: Partial<RetryOptions>
  /** The project whose commands keep heads; without it, nothing is kept. */
  root?: string
} & ({ via: 'token'; token: string } | { via: 'sign-in'; env: RegistryEnv })

/**
 * The registry of a hosted project for a signed-in publisher: the edge functions accept the publisher's token, and pass
 * on reads and bundles.
 * @throws Failure REMOTE_DENIED when the sign-in has ended, CONFIG for an expired NOFX_TOKEN
 */
export async function openAsPublisher(options: PublisherSignIn): Promise<Registry> {
  return (await connectAsPublisher(options)).registry
}

/** The same, with the client that reads for it, and the holder of the publisher's idempotency keys. */
export async function connectAsPublisher(options: PublisherSignIn): Promise<Connected & { holder: string }> {
  const { url, retry, root } = options
  const tokens = chooseTokens(options)
  const keyHolder = async () => `user ${readToken(await tokens.token()).id}`
  const holder = await keyHolder()
  const keepHeads = findHeadsPlace(root, [url, holder])
  return { ...connectWithTokens({ url, tokens, retry, keyHolder, keepHeads }), holder }
}

/** The tokens of NOFX_TOKEN or of the stored sign-in. */
export function chooseTokens(options: PublisherSignIn): Tokens {
  return options.via === 'token' ? fixed(options.token) : storedTokens(options.env, options.url)
}

function fixed(token: string): Tokens {
  return {
    token: async () => {
      const { expiresAt } = readToken(token)
      if (Date.parse(expiresAt) > Date.now()) return token
      const hint = 'set NOFX_TOKEN to a new token, or unset it and run: nofx login'
      throw new Failure('CONFIG', `NOFX_TOKEN expired at ${expiresAt}`, hint)
    },
  }
}
