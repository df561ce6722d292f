import type { SupabaseClient } from '@supabase/supabase-js'
import { unavailable } from '../http/database-error.ts'
import type { Objects } from './hash-objects.ts'
import type { ReportPorts } from './report-handler.ts'

/**
 * Creates objects through the storage API, with a secret key. The bucket accepts gzip alone, so they are compressed.
 */
export function storeWith(client: SupabaseClient): ReportPorts['store'] {
  return async (path, content) => {
    const packed = new Blob([content]).stream().pipeThrough(new CompressionStream('gzip'))
    const body = new Uint8Array(await new Response(packed).arrayBuffer())
    const options = { contentType: 'application/gzip', cacheControl: '0', upsert: false }
    const { error } = await client.storage.from('registry').upload(path, body, options)
    if (error && !isDuplicate(error)) throw unavailable(error)
  }
}

/** Reads objects through the storage API, with a secret key; undefined for an object that does not exist. */
export function readWith(client: SupabaseClient): Objects['read'] {
  return async (path) => {
    const { data, error } = await client.storage.from('registry').download(path)
    if (data) return new Uint8Array(await data.arrayBuffer())
    const { status, statusCode } = (error ?? {}) as { status?: number; statusCode?: string }
    if (status === 404 || String(statusCode) === '404') return undefined
    throw unavailable(error)
  }
}

/** Whether the storage API, hosted or embedded, reports that an object exists already. */
export function isDuplicate(error: { status?: number; statusCode?: string | number }): boolean {
  return error.status === 409 || String(error.statusCode) === '409' || error.statusCode === 'Duplicate'
}
