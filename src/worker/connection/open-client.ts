import type { SupabaseClient, SupabaseClientOptions } from '@supabase/supabase-js'
import { inPreview } from '../../contract/protocol/preview.ts'
import { guardedSocket } from './guarded-socket.ts'
import type { AccessToken } from './options.ts'

export interface ClientOptions {
  url: string
  key: string
  accessToken?: AccessToken
  /** The preview to read; production when left out. */
  env?: string
  /** Called with the time of every answer, by the registry's clock. */
  onTime?: (at: Date) => void
}

type WorkerTransport = NonNullable<SupabaseClientOptions<'public'>['realtime']>['transport']

/** An unmodified supabase-js client with Realtime, loaded on first use. Opens no connection yet. */
export async function openClient({
  url,
  key,
  accessToken,
  env,
  onTime,
}: ClientOptions): Promise<SupabaseClient> {
  const [{ createClient }, transport] = await Promise.all([import('@supabase/supabase-js'), webSocket()])
  const token = typeof accessToken === 'string' ? async () => accessToken : accessToken
  const call = timed(onTime)
  return createClient(url, key, {
    ...(token ? { accessToken: token } : {}),
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: env === undefined ? call : inPreview(env, call) },
    realtime: { reconnectAfterMs, transport },
  })
}

/** Soon after a lost connection, seldom where WebSockets never connect, and with jitter so that clients spread. */
function reconnectAfterMs(tries: number): number {
  const longest = tries > 10 ? 30_000 : 4_000
  return Math.min(longest, 250 * 2 ** Math.min(tries, 16)) * (0.5 + Math.random() / 2)
}

/** Deno and Node.js 22 have a WebSocket; Node.js 20 needs a package. */
async function webSocket(): Promise<WorkerTransport> {
  const native: typeof globalThis.WebSocket | undefined = globalThis.WebSocket
  const socket = native ?? ((await import('ws')).WebSocket as unknown as typeof globalThis.WebSocket)
  return guardedSocket(socket) as unknown as WorkerTransport
}

function timed(onTime: ClientOptions['onTime']): typeof globalThis.fetch {
  return async (input, init) => {
    // Following a redirect would send the key to another host.
    const response = await fetch(input, { ...init, redirect: 'error' })
    const date = Date.parse(response.headers.get('date') ?? '')
    onTime?.(Number.isNaN(date) ? new Date() : new Date(date))
    return response
  }
}
