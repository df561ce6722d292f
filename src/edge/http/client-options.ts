import type { SupabaseClientOptions } from '@supabase/supabase-js'
import type { Fetch } from '../../contract/fetch.ts'

type EdgeTransport = NonNullable<SupabaseClientOptions<'public'>['realtime']>['transport']
/** The registry opens no channel, and Node.js 20 has no WebSocket that supabase-js could use. */
class NoSocket {
  constructor() {
    throw new Error('this client has no realtime')
  }
}

/** Options of a client that calls `fetch`, keeps no session and never opens a socket. */
export function withoutRealtime(fetch: Fetch): SupabaseClientOptions<'public'> {
  return {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: fetch as typeof globalThis.fetch },
    realtime: { transport: NoSocket as unknown as EdgeTransport },
  }
}
