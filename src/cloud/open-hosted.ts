import { createClient } from '@supabase/supabase-js'
import type { Registry } from '../core/registry.ts'
import { withoutRealtime } from '../edge/client-options.ts'
import { type RetryOptions, retryingFetch } from './retrying-fetch.ts'
import { createRegistry } from './supabase-registry.ts'

export interface HostedOptions {
  /** The project's URL. */
  url: string
  secretKey: string
  /** What messages call it; its URL unless given. */
  label?: string
  retry?: Partial<RetryOptions>
}

/** The registry of a hosted Supabase project (or of anything that serves the same interfaces). Opens no connection yet. */
export function openHosted({ url, secretKey, label = url, retry }: HostedOptions): Registry {
  const fetch = retryingFetch(globalThis.fetch, retry)
  return createRegistry({
    client: createClient(url, secretKey, withoutRealtime(fetch)),
    label,
    callFunction: (kind, request) => {
      const authorized = new Request(`${url}/functions/v1/registry_${kind}_sync`, request)
      authorized.headers.set('apikey', secretKey)
      return fetch(authorized)
    },
    resumable: { endpoint: `${url}/storage/v1/upload/resumable`, key: secretKey },
  })
}
