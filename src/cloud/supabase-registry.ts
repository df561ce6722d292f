import type { SupabaseClient } from '@supabase/supabase-js'
import type { Registry } from '../core/registry.ts'
import { asking } from './ask.ts'
import { createBundleStorage } from './bundle-storage.ts'
import { createEventReads } from './event-reads.ts'
import { createHeadReads } from './head-reads.ts'
import { createInstances } from './instances.ts'
import { createReleaseReads } from './release-reads.ts'
import { createRevisionReads } from './revision-reads.ts'
import { createSync } from './sync-call.ts'
import type { ResumableTarget } from './upload-resumable.ts'
import { type CallForwarder, createWebhooks } from './webhooks.ts'

export interface RegistryOptions {
  /** An unmodified supabase-js client with a secret key. */
  client: SupabaseClient
  /** What people see in messages; holds no key and no password. */
  label: string
  /** Calls the edge function of a kind. Its URL counts only over HTTP. */
  callFunction: (kind: string, request: Request) => Promise<Response>
  /** Calls the function that sends the feed; without it there are no webhooks. */
  callForwarder?: CallForwarder
  /** Where bundles over 6 MB go in chunks; without it they are sent in one piece. */
  resumable?: ResumableTarget
  onClose?: () => Promise<void>
}

/**
 * The registry port over supabase-js, the same for hosted Supabase and for the embedded cloud.
 * @throws Failure REMOTE_FAILED, REMOTE_DENIED, NOT_FOUND from every method
 */
export function createRegistry(options: RegistryOptions): Registry {
  const { client, label, callFunction, callForwarder, resumable, onClose } = options
  const ask = asking(label)
  return {
    label,
    ...createHeadReads(client, ask),
    ...createRevisionReads(client, ask),
    ...createReleaseReads(client, ask),
    ...createEventReads(client, label),
    ...createInstances(client, label, ask),
    ...createBundleStorage(client, label, resumable),
    sync: createSync(label, callFunction),
    webhooks: createWebhooks(label, callForwarder),
    close: async () => onClose?.(),
  }
}
