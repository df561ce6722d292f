import type { SupabaseClient } from '@supabase/supabase-js'
import type { Cloud } from '../open-cloud.ts'
import { TABLE } from './bindings.ts'
import type { RealtimeCaller } from './caller.ts'
import type { FeedPorts } from './feed.ts'
import type { FilterRow } from './filter.ts'

/**
 * Reads events through the REST interface, whose row security limits them to what the caller may see. The number of the
 * newest event takes one query without it.
 */
export function createReader({
  client,
  anonClient,
  readNewest,
}: Pick<Cloud, 'anonClient' | 'client' | 'readNewest'>): Pick<FeedPorts, 'newest' | 'read'> {
  return {
    newest: async () => Number((await readNewest())?.seq ?? 0),
    read: async (from, to, caller) => {
      const { data, error, status } = await selectAs(caller, { client, anonClient }, from, to)
      // The token has expired since; its channel ends by itself.
      if (status === 401) return []
      if (error) throw new Error(`events cannot be read: ${error.message}`)
      return data as FilterRow[]
    },
  }
}

function selectAs(
  { role, token }: RealtimeCaller,
  { client, anonClient }: Record<'anonClient' | 'client', SupabaseClient>,
  from: number,
  to: number,
) {
  const roleClient = role === 'service_role' && token === undefined ? client : anonClient
  const query = roleClient.from(TABLE.table).select('*').gte('seq', from).lte('seq', to).order('seq')
  return token === undefined ? query : query.setHeader('Authorization', `Bearer ${token}`)
}
