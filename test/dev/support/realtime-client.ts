import {
  createClient,
  type RealtimeChannel,
  type SupabaseClient,
  type SupabaseClientOptions,
} from '@supabase/supabase-js'
import { SignJWT } from 'jose'
import { onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import type { Keys } from '../../../src/cloud/embedded/keys.ts'

type Realtime = NonNullable<SupabaseClientOptions<'public'>['realtime']>

/** Unmodified supabase-js; Node.js 20 needs a WebSocket passed in. It is closed after the test. */
export function connectClient(url: string, key: string, more: Realtime = {}): SupabaseClient {
  const transport = WebSocket as unknown as Realtime['transport']
  const client = createClient(url, key, { realtime: { transport, ...more }, auth: { persistSession: false } })
  onTestFinished(async () => void (await client.removeAllChannels()))
  return client
}

/** Subscribes; resolves when the server has agreed, and fails with its reason. */
export function subscribed(channel: RealtimeChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === 'SUBSCRIBED') resolve()
      else reject(error ?? new Error(status))
    })
  })
}

/** Collects the ids of definitions from a channel: from changes of the table, and from broadcasts. */
export function heard(channel: RealtimeChannel, filter?: string) {
  const changes: string[] = []
  const broadcasts: string[] = []
  const wanted = { event: 'INSERT', schema: 'public', table: 'registry_events', filter } as const
  channel.on('postgres_changes', wanted, (change) => changes.push(change.new.id))
  channel.on('broadcast', { event: 'change' }, ({ payload }) => broadcasts.push(payload.id))
  return { changes, broadcasts }
}

/** A user's token as the embedded cloud signs it. */
export function tokenOf({ jwtSecret }: Keys, claims: object = {}, lasts = '1h'): Promise<string> {
  return new SignJWT({ role: 'authenticated', sub: 'b1a5e0f8-0000-4000-8000-000000000001', ...claims })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuedAt()
    .setExpirationTime(lasts)
    .sign(new TextEncoder().encode(jwtSecret))
}

export const PUBLISHER = { app_metadata: { nofx_role: 'publisher' } }
