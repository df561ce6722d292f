import type { SupabaseClient } from '@supabase/supabase-js'
import { unavailable } from '../http/database-error.ts'
import type { PreviewPorts } from './preview-handler.ts'

/** Reads an origin from the table of previews, with a secret key. */
export function originIn(client: SupabaseClient): PreviewPorts['originOf'] {
  return async (name) => {
    const { data, error } = await client.from('registry_previews').select('origin').eq('name', name).limit(1)
    if (error) throw unavailable(error)
    return (data as { origin: string }[])[0]?.origin
  }
}

/** Removes bundles through the storage API, with a secret key. */
export function removeWith(client: SupabaseClient): PreviewPorts['remove'] {
  return async (paths) => {
    const { error } = await client.storage.from('registry').remove(paths)
    if (error) throw unavailable(error)
  }
}
