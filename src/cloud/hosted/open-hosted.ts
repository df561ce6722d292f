import { createClient } from '@supabase/supabase-js'
import { inPreview } from '../../contract/protocol/preview.ts'
import type { HeadsPlace } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { withoutRealtime } from '../../edge/http/client-options.ts'
import { PREVIEWS } from '../registry/previews.ts'
import { REPORTS } from '../registry/reports.ts'
import { createRegistry } from '../registry/supabase-registry.ts'
import { FORWARDER } from '../registry/webhooks.ts'
import { MOST_AT_ONCE } from './paced-fetch.ts'
import { type RetryOptions, retryingFetch } from './retrying-fetch.ts'

export interface HostedOptions {
  /** The project's URL. */
  url: string
  secretKey: string
  /** The registry's name in messages; its URL unless given. */
  label?: string
  retry?: Partial<RetryOptions>
  /** Where heads are kept between commands. */
  keepHeads?: HeadsPlace
}

/** The registry of a hosted Supabase project, or of a server with the same interfaces. Opens no connection yet. */
export function openHosted({ url, secretKey, label = url, retry, keepHeads }: HostedOptions): Registry {
  const fetch = retryingFetch(globalThis.fetch, retry)
  const call = (name: string, request: Request) => {
    const authorized = new Request(`${url}/functions/v1/${name}`, request)
    authorized.headers.set('apikey', secretKey)
    return fetch(authorized)
  }
  const openClient = (asks: typeof fetch) => createClient(url, secretKey, withoutRealtime(asks))
  return createRegistry({
    client: openClient(fetch),
    clientIn: (preview) => openClient(inPreview(preview, fetch)),
    label,
    keepHeads,
    uploadsAtOnce: MOST_AT_ONCE,
    callFunction: (kind, request) => call(`registry_${kind}_sync`, request),
    callForwarder: (request) => call(FORWARDER, request),
    callPreviews: (request) => call(PREVIEWS, request),
    callReports: (request) => call(REPORTS, request),
    storageFetch: (path, init) =>
      fetch(`${url}${path}`, {
        ...init,
        headers: { ...init.headers, apikey: secretKey, authorization: `Bearer ${secretKey}` },
      }),
    resumable: { endpoint: `${url}/storage/v1/upload/resumable`, key: secretKey },
  })
}
