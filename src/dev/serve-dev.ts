import { openCloud } from '../cloud/embedded/open-cloud.ts'
import { registryOf } from '../cloud/embedded/open-embedded.ts'
import { devLabel } from '../cloud/running-dev.ts'
import type { Kind } from '../core/kind.ts'
import type { Registry } from '../core/registry.ts'
import { openFunctions } from './functions.ts'
import { listen } from './listen.ts'
import { openApi } from './open-api.ts'
import { createResumableUploads, RESUMABLE } from './resumable-uploads.ts'
import { routing } from './routing.ts'

export interface ServeOptions {
  /** The folder that holds, or gets, `.nofx/`. */
  root: string
  kinds: readonly Kind[]
  /** 127.0.0.1 unless given. */
  host?: string
  /** 0 takes a free one. */
  port: number
  /** `postgres://…` instead of PGlite in `.nofx/`. */
  databaseUrl?: string
  /** A line a request, and what else a developer should see. It never holds a key. */
  log: (line: string) => void
}

/** The whole cloud on one port. */
export interface DevServer extends Opened {
  url: string
  port: number
}

interface Opened {
  /** Where the edge functions run. */
  runtime: 'deno' | 'in process'
  /** The same registry without HTTP, for work of this process. */
  registry: Registry
  /** Answers what is under way, ends the functions, closes the database. May be called twice. */
  close(): Promise<void>
}

/**
 * Serves the embedded cloud, the edge functions and the API. The port is taken first: it is refused before anything
 * slow is done, and who comes early waits for an answer instead of being turned away.
 * @throws Failure CONFIG for the port, else as `openCloud`
 */
export async function serveDev(options: ServeOptions): Promise<DevServer> {
  const { host = '127.0.0.1', port, log } = options
  const { fetch, settle } = later()
  const listening = await listen({ host, port, log, fetch })
  try {
    const opened = await settle(open(options, listening.url))
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= listening.close().then(opened.close)
      return closed
    }
    return { ...opened, url: listening.url, port: listening.port, close }
  } catch (error) {
    await listening.close()
    throw error
  }
}

type Handler = (request: Request) => Promise<Response>

/** A handler whose requests wait until it is settled what answers them. */
function later() {
  let resolve: (opened: Promise<{ fetch: Handler }>) => void = () => {}
  const opened = new Promise<{ fetch: Handler }>((settled) => {
    resolve = settled
  })
  opened.catch(() => {})
  return {
    fetch: async (request: Request) => (await opened).fetch(request),
    settle: <T extends { fetch: Handler }>(opening: Promise<T>): Promise<T> => {
      resolve(opening)
      return opening
    },
  }
}

async function open(
  { root, kinds, databaseUrl, log }: ServeOptions,
  url: string,
): Promise<Opened & { fetch: Handler }> {
  const onWait = ({ pid }: { pid: number }) => log(`waiting for process ${pid}, which uses .nofx/`)
  const cloud = await openCloud({ root, databaseUrl, onWait })
  try {
    const { secret, jwtSecret } = cloud.keys
    const env = {
      SUPABASE_URL: url,
      SUPABASE_SECRET_KEYS: JSON.stringify({ default: secret }),
      NOFX_JWT_SECRET: jwtSecret,
    }
    const functions = await openFunctions({ kinds, env, log: (line) => noteTrouble(line, log) })
    const registry = registryOf(cloud, kinds, devLabel(url))
    const fetch = routing([
      ['/functions/v1', functions.fetch],
      ['/api', openApi(cloud, { kinds, url, log: (line) => noteTrouble(JSON.stringify(line), log) })],
      [RESUMABLE, createResumableUploads(cloud.client, secret)],
      ['/rest/v1', cloud.fetch],
      ['/storage/v1', cloud.fetch],
      ['/auth/v1', cloud.fetch],
    ])
    const close = () => functions.close().finally(cloud.close)
    return { fetch, runtime: functions.runtime, registry, close }
  } catch (error) {
    await cloud.close()
    throw error
  }
}

/** Handlers write a line of JSON for every request, which here has its line already: only what went wrong adds to it. */
function noteTrouble(line: string, log: (line: string) => void): void {
  const [, status = ''] = /^\{.*"status":(\d+)/.exec(line) ?? []
  if (status === '' || Number(status) >= 400) log(line)
}
