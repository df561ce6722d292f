import { hostedConfig } from '../cloud/hosted/hosted-config.ts'
import { openClients } from '../cloud/open-clients.ts'
import type { OpenOptions } from '../cloud/open-registry.ts'
import { Failure } from '../contract/failure.ts'
import type { Principal } from '../edge/auth/principal.ts'
import { createApi } from './app.ts'
import { createEventBus } from './events/event-bus.ts'
import { createStreamSlots } from './events/stream-slots.ts'
import { toResponse } from './http/answer.ts'
import type { ApiEnvironment } from './ports.ts'
import { readNewest, shareReads } from './unchanged/newest.ts'

/** The HTTP API without HTTP, over the registry that the environment names. */
export interface EnvironmentApi {
  /** Answers a request with the rights of the environment's credentials, whatever the request says. */
  fetch: (request: Request) => Promise<Response>
  /** Whether the credentials are more than those of a reader. */
  publisher: boolean
  /** Whether others may change the registry meanwhile. */
  isShared: boolean
  close(): Promise<void>
}

export interface EnvironmentApiOptions extends OpenOptions {
  /** Who changes something, for the history. */
  actor: string
}

/** How long the folder of the embedded cloud stays locked after a request, milliseconds. */
const IDLE_MS = 1_500
/** Makes the API ask who calls; the answer is always the same. */
const CREDENTIALS = { apikey: 'environment' }

interface Opened {
  fetch: (request: Request) => Promise<Response>
  close: () => Promise<void>
}

/**
 * Opens the registry at the first request. The embedded cloud in `.nofx/` belongs to one process at a time, so it is
 * closed after a pause: other commands in the folder go on between two requests.
 * @throws Failure CONFIG for variables that name no registry
 */
export function createEnvironmentApi(options: EnvironmentApiOptions): EnvironmentApi {
  const hosted = hostedConfig(options.env)
  const isShared = hosted !== undefined || Boolean(options.env.NOFX_DATABASE_URL)
  const publisher = hosted?.via !== 'publishable'
  const { use, close } = holding(() => open(options, publisher), isShared ? undefined : IDLE_MS)
  const fetch = (request: Request) => {
    const headers = new Headers(request.headers)
    headers.delete('authorization')
    for (const [name, value] of Object.entries(CREDENTIALS)) headers.set(name, value)
    return use((opened) => opened.fetch(new Request(request, { headers }))).catch(explain)
  }
  return { fetch, publisher, isShared, close }
}

/** A registry that cannot be opened, in the form of a refusal: its details are the caller's own. */
function explain(error: unknown): Response {
  if (!(error instanceof Failure)) throw error
  const { code, message: detail, hint } = error
  return toResponse({ status: 503, body: { code, detail, hint } }, { secret: false })
}

async function open({ actor, ...options }: EnvironmentApiOptions, publisher: boolean): Promise<Opened> {
  const { client, registry, holder } = await openClients(options)
  const environment: ApiEnvironment = {
    reader: () => client,
    service: client,
    registry,
    bus: createEventBus(),
    newest: shareReads(() => readNewest(client)),
  }
  const principal: Principal = { via: holder === undefined ? 'secret' : 'identity', subject: holder, actor }
  const api = createApi({
    ...environment,
    kinds: options.kinds,
    issuer: '',
    authenticate: async () => (publisher ? principal : undefined),
    streams: createStreamSlots(),
    lacks: ['previews'],
    inPreview: () => {
      throw new Failure('USAGE', 'previews are not served here', 'read them with: nofx preview diff <name>')
    },
  })
  return { fetch: async (request) => api.fetch(request), close: () => registry.close() }
}

/** Holds what is opened for use; after a pause of `idleMs` it is closed, and opened again for the next use. */
function holding(open: () => Promise<Opened>, idleMs: number | undefined) {
  let opened: Promise<Opened> | undefined
  let closing: Promise<void> = Promise.resolve()
  let users = 0
  let timer: NodeJS.Timeout | undefined
  const close = () => {
    clearTimeout(timer)
    const last = opened
    opened = undefined
    closing = Promise.all([closing, last?.then(({ close }) => close())]).then(
      () => {},
      () => {},
    )
    return closing
  }
  const use = async <T>(work: (opened: Opened) => Promise<T>): Promise<T> => {
    clearTimeout(timer)
    users += 1
    try {
      opened ??= closing.then(open).catch((error) => {
        // The next use tries again.
        opened = undefined
        throw error
      })
      return await work(await opened)
    } finally {
      users -= 1
      if (users === 0 && idleMs !== undefined) timer = setTimeout(() => void close(), idleMs)
    }
  }
  return { use, close }
}
