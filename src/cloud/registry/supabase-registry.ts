import type { SupabaseClient } from '@supabase/supabase-js'
import { Failure } from '../../contract/failure.ts'
import { keepFailureInPreview } from '../../contract/text/keep-in-preview.ts'
import type { HeadsPlace } from '../../core/registry/kept-heads.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { asking } from './ask.ts'
import type { ReadSizes, StorageFetch } from './bundle-sizes.ts'
import { createBundleStorage, type RemoveDamaged } from './bundle-storage.ts'
import { createEventReads } from './event-reads.ts'
import { createHeadReads, type WatchHeads } from './head-reads.ts'
import { createInstances } from './instances.ts'
import type { CallFunction } from './post-function.ts'
import { createPreviews } from './previews.ts'
import { createReads } from './reads.ts'
import { createReports } from './reports.ts'
import { createRowReads } from './row-reads.ts'
import { createSync } from './sync-call.ts'
import type { ResumableTarget } from './upload-resumable.ts'
import { createWebhooks } from './webhooks.ts'

export interface RegistryOptions {
  /** An unmodified supabase-js client with a secret key. */
  client: SupabaseClient
  /** The registry's name in messages; holds no key and no password. */
  label: string
  /** Calls the edge function of a kind. The host of the URL matters only over HTTP. */
  callFunction: (kind: string, request: Request) => Promise<Response>
  /** Calls the function that sends the feed; without it there are no webhooks. */
  callForwarder?: CallFunction
  /** Calls the function for previews; without it they can be read, but not raised or dropped. */
  callPreviews?: CallFunction
  /** Calls the function for reports; without it they can be read, but not stored. */
  callReports?: CallFunction
  /** Makes a client like `client` whose requests go to a preview (by `inPreview`); without it there are no previews. */
  clientIn?: (preview: string) => SupabaseClient
  /** The preview that `client` is in. */
  preview?: string
  /** The client of production beside a client in a preview. */
  outside?: SupabaseClient
  /**
   * Sends a request to the storage API as the client does; without
   * it the sizes of objects are found by downloading them.
   */
  storageFetch?: StorageFetch
  /** The holder of the caller's idempotency keys; the owner of the registry when not given. */
  keyHolder?: () => Promise<string>
  /** Asks storage for the sizes of many objects at once; without it, `storageFetch` is used. */
  readSizes?: ReadSizes
  /** Removes a damaged bundle for a caller who has no key to storage; without it, storage is asked itself. */
  removeDamaged?: RemoveDamaged
  /** How many uploads a publish has under way at once, if not the usual number. */
  uploadsAtOnce?: number
  /** Where bundles over 6 MB are uploaded in chunks; without it they are sent in one piece. */
  resumable?: ResumableTarget
  /** Where the heads of production are kept between commands; without it, all of them are read each time. */
  keepHeads?: HeadsPlace
  /** Asks what moved since the kept heads, and may note the answer. */
  watchHeads?: WatchHeads
  onClose?: () => Promise<void>
}

/**
 * The registry port over supabase-js, the same for hosted Supabase and for the embedded cloud.
 * @throws Failure REMOTE_FAILED, REMOTE_DENIED, NOT_FOUND from every method
 */
export function createRegistry(options: RegistryOptions): Registry {
  const { client, label, preview, callFunction, onClose } = options
  const ask = asking(label)
  const bundles = createBundleStorage(client, label, options)
  return {
    label,
    preview,
    ...(options.uploadsAtOnce === undefined ? {} : { uploadsAtOnce: options.uploadsAtOnce }),
    ...createHeadReads({ ...options, ask, keep: options.keepHeads, stateOfPreview: readState(options) }),
    ...createReads(client, ask),
    ...createRowReads(client, ask),
    ...createEventReads(client, label),
    ...createInstances(client, label, ask, options.keyHolder),
    ...bundles,
    sync: createSync(label, callFunction, preview),
    webhooks: createWebhooks(label, options.callForwarder),
    previews: createPreviews(label, options.callPreviews),
    reports: createReports({ ...options, ask, ...bundles }),
    inPreview: (name) => withHintsIn(name, createRegistry(insidePreview(options, name))),
    close: async () => onClose?.(),
  }
}

/** Reads where both feeds are that a preview shows, its own and production's; undefined in production. */
function readState({ client, outside, label }: RegistryOptions): (() => Promise<string>) | undefined {
  if (!outside) return undefined
  const feeds = [client, outside].map((one) => createEventReads(one, label))
  return async () => {
    const pages = await Promise.all(feeds.map(({ events }) => events('now', 1)))
    return pages.map(({ cursor }) => cursor).join(' ')
  }
}

function insidePreview({ clientIn, label, ...options }: RegistryOptions, preview: string): RegistryOptions {
  if (!clientIn) throw new Failure('BUG', `${label} has no previews here`, 'please report this')
  const { client: outside } = options
  const inside = { client: clientIn(preview), outside, label: `${label}, preview ${preview}`, preview }
  return { ...options, clientIn, ...inside, keepHeads: undefined, watchHeads: undefined, onClose: undefined }
}

/** The same port, whose failures name commands that look into the preview. */
function withHintsIn<Port extends object>(preview: string, port: Port): Port {
  const inside = (member: unknown): unknown => {
    if (typeof member === 'object' && member !== null) return withHintsIn(preview, member)
    if (typeof member !== 'function') return member
    return (...args: unknown[]) => {
      const answer: unknown = member(...args)
      if (!(answer instanceof Promise)) return answer
      return answer.catch((error: unknown) => {
        throw keepFailureInPreview(error, preview)
      })
    }
  }
  return Object.fromEntries(Object.entries(port).map(([name, member]) => [name, inside(member)])) as Port
}
