import { createClient } from '@supabase/supabase-js'
import type { Registry } from '../../core/registry/registry.ts'
import { withoutRealtime } from '../../edge/http/client-options.ts'
import { asking } from '../registry/ask.ts'
import { PREVIEWS } from '../registry/previews.ts'
import { REPORTS } from '../registry/reports.ts'
import { createRegistry } from '../registry/supabase-registry.ts'
import { FORWARDER } from '../registry/webhooks.ts'
import { createPublicReads } from './public-reads.ts'
import { type RetryOptions, retryingFetch } from './retrying-fetch.ts'

export interface PublicOptions {
  /** The project's URL. */
  url: string
  publishableKey: string
  retry?: Partial<RetryOptions>
}

/**
 * The registry of a hosted project as anonymous readers see it. Everything else is refused by the project itself.
 * Opens no connection yet.
 */
export function openPublic({ url, publishableKey, retry }: PublicOptions): Registry {
  const fetch = retryingFetch(globalThis.fetch, retry)
  const client = createClient(url, publishableKey, withoutRealtime(fetch))
  const call = (name: string, request: Request) => {
    const withKind = new Request(`${url}/functions/v1/${name}`, request)
    withKind.headers.set('apikey', publishableKey)
    return fetch(withKind)
  }
  const registry = createRegistry({
    client,
    label: url,
    callFunction: (kind, request) => call(`registry_${kind}_sync`, request),
    callForwarder: (request) => call(FORWARDER, request),
    callPreviews: (request) => call(PREVIEWS, request),
    callReports: (request) => call(REPORTS, request),
  })
  return { ...registry, ...createPublicReads(client, asking(url)) }
}
