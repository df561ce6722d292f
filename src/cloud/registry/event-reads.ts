import type { SupabaseClient } from '@supabase/supabase-js'
import { eventArguments, eventPageSchema } from '../../contract/protocol/events.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { fitting } from './ask.ts'
import { remoteFailure } from './remote-failure.ts'

/** The port's read of the change feed, with the rights of `client`. */
export function createEventReads(client: SupabaseClient, label: string): Pick<Registry, 'events'> {
  const what = 'read the events'
  return {
    async events(since, limit, mark) {
      const args = eventArguments(since, limit, mark)
      const { data, error, status } = await client.rpc('registry_events_since', args)
      if (error) throw remoteFailure(label, what, { ...error, status })
      return fitting(label, what, eventPageSchema, data)
    },
  }
}
