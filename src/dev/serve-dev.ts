import type { IncomingMessage } from 'node:http'
import { hostname } from 'node:os'
import { type Cloud, openCloud } from '../cloud/embedded/open-cloud.ts'
import { createEmbeddedRegistry } from '../cloud/embedded/open-embedded.ts'
import { openRealtime, type Realtime } from '../cloud/embedded/realtime/open-realtime.ts'
import { devLabel } from '../cloud/embedded/running-dev.ts'
import { FORWARDER } from '../cloud/registry/webhooks.ts'
import type { Kind } from '../contract/kind.ts'
import { withoutKeys } from '../contract/text/without-keys.ts'
import type { Registry } from '../core/registry/registry.ts'
import { isForeign } from './foreign-pages.ts'
import { forwardInDev } from './forward-events.ts'
import { type DenoPlace, type Functions, findPlace, openFunctions } from './functions.ts'
import { listen, type Upgrades } from './listen.ts'
import { openApi } from './open-api.ts'
import { publicPrefixes } from './public-prefixes.ts'
import type { RequestForm } from './request-line.ts'
import { createResumableUploads, RESUMABLE } from './resumable-uploads.ts'
import { routing } from './routing.ts'
import { serveConsole } from './serve-console.ts'

export interface ServeOptions {
  /** The folder that contains `.nofx/`, or in which it is created. */
  root: string
  kinds: readonly Kind[]
  /** 127.0.0.1 unless given. */
  host?: string
  /** 0 takes a free port. */
  port: number
  /** Host names that clients use, beside localhost, addresses, `host` and the machine's own name. */
  allowHosts?: readonly string[]
  /** `postgres://…` instead of PGlite in `.nofx/`. */
  databaseUrl?: string
  /** Receives a line for each request, and what else a developer should see. It never holds a key. */
  log: (line: string) => void
  /** The form of the requests' lines; text by default. */
  form?: RequestForm
  /** The folder of the built console, served below `/console`; nothing is served there without it. */
  console?: string
  /** Who signs in at the console, for the history; `nofx dev` unless given. */
  actor?: string
}

/** The whole cloud on one port. */
export interface DevServer extends DevServices {
  url: string
  port: number
}

interface DevServices {
  /** Where the edge functions run. */
  runtime: 'deno' | 'in process'
  /** The same registry without HTTP, for work of this process. */
  registry: Registry
  /** A code that signs a browser in at the console, once. */
  signInCode: () => string | undefined
  /** Answers requests under way, ends the functions and closes the database. May be called twice. */
  close(): Promise<void>
}

/**
 * Serves the embedded cloud, the edge functions and the API. The port is opened first: a port in use is reported before
 * any slow step, and early clients wait for an answer instead of being refused.
 * @throws Failure CONFIG for the port, else as `openCloud`
 */
export async function serveDev(options: ServeOptions): Promise<DevServer> {
  const { host = '127.0.0.1', port, log, form } = options
  const { fetch, upgrades, settle } = later()
  const listening = await listen({ host, port, log, form, fetch, upgrades })
  try {
    const opened = await settle(open(options, listening.url))
    let closed: Promise<void> | undefined
    const close = () => {
      closed ??= listening.close().then(opened.close)
      return closed
    }
    const { runtime, registry, signInCode } = opened
    return { runtime, registry, signInCode, url: listening.url, port: listening.port, close }
  } catch (error) {
    await listening.close()
    throw error
  }
}

type DevHandler = (request: Request) => Promise<Response>
interface Handlers {
  fetch: DevHandler
  /** Connections that may stay open for days. */
  live: Pick<Realtime, 'upgrade' | 'close'>
}

/** Handlers whose requests wait until the real handlers are open. */
function later() {
  let resolve: (opened: Promise<Handlers>) => void = () => {}
  const opened = new Promise<Handlers>((settled) => {
    resolve = settled
  })
  opened.catch(() => {})
  const upgrades: Upgrades = {
    accept: async (...parts) => (await opened).live.upgrade(...parts),
    close: async () => (await opened.catch(() => undefined))?.live.close(),
  }
  return {
    upgrades,
    fetch: async (request: Request) => (await opened).fetch(request),
    settle: <T extends Handlers>(opening: Promise<T>): Promise<T> => {
      resolve(opening)
      return opening
    },
  }
}

async function open(options: ServeOptions, url: string): Promise<DevServices & Handlers> {
  const { root, databaseUrl, kinds, log } = options
  // Deno answers while the database is opened.
  const deno = findPlace(kinds)
  const onWait = ({ pid }: { pid: number }) => log(`waiting for process ${pid}, which uses .nofx/`)
  const cloud = await openCloud({ root, databaseUrl, onWait })
  try {
    return await openOver(cloud, options, url, await deno)
  } catch (error) {
    await cloud.close()
    throw error
  }
}

const CLOUD_PATHS = ['/rest/v1', '/storage/v1', '/auth/v1']

async function openOver(
  cloud: Cloud,
  options: ServeOptions,
  url: string,
  deno: DenoPlace | undefined,
): Promise<DevServices & Handlers> {
  const { root, kinds, log, actor = 'nofx dev' } = options
  const note = (line: object) => noteTrouble(JSON.stringify(line), log)
  const functions = await openAllFunctions(cloud, options, url, deno)
  const api = await openApi(cloud, { kinds, url, root, actor, log: note })
  const own = ownNames(options, url)
  const refuses = (request: IncomingMessage) => isForeign(request, own)
  const realtime = await openRealtime({ cloud, refuses, onTrouble: (error) => log(describeTrouble(error)) })
  const fetch = routing(
    [
      ...(options.console ? [['/console', serveConsole(options.console)] as const] : []),
      ['/functions/v1', functions.fetch],
      ['/api', api.fetch],
      ...publicPrefixes().map((prefix) => [prefix, api.fetch] as const),
      [RESUMABLE, createResumableUploads(cloud.client, cloud.keys.secret)],
      ...CLOUD_PATHS.map((prefix) => [prefix, cloud.fetch] as const),
      ['/realtime/v1', realtime.fetch],
    ],
    own,
  )
  const closeLive = () => {
    api.endStreams()
    return realtime.close()
  }
  const live = { upgrade: realtime.upgrade, close: closeLive }
  const close = () => functions.close().finally(cloud.close)
  const registry = createEmbeddedRegistry(cloud, kinds, devLabel(url))
  const signInCode = () => api.codes?.create().code
  // After the server has said that it is ready, and after the requests that wait for it.
  setImmediate(functions.begin)
  return { fetch, live, runtime: functions.runtime, registry, signInCode, close }
}

/** The edge functions of the kinds, and the one that sends the feed. */
async function openAllFunctions(
  cloud: Cloud,
  { kinds, log }: ServeOptions,
  url: string,
  deno: DenoPlace | undefined,
): Promise<Functions & { begin: () => void }> {
  const forwarder = await forwardInDev(cloud, { log: (line) => noteTrouble(JSON.stringify(line), log) })
  const others = { [FORWARDER]: forwarder }
  const env = functionVariables(cloud, url)
  const functions = openFunctions({ kinds, env, deno, others, log: (line) => noteTrouble(line, log) })
  return { ...functions, begin: forwarder.begin }
}

/** The variables that the platform sets for a function. */
function functionVariables({ keys: { secret, jwtSecret } }: Cloud, url: string): Record<string, string> {
  return {
    SUPABASE_URL: url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: secret }),
    NOFX_JWT_SECRET: jwtSecret,
  }
}

/** Host names in the spelling of `URL`. */
function ownNames({ host = '', allowHosts = [] }: ServeOptions, url: string): ReadonlySet<string> {
  return new Set([
    new URL(url).hostname,
    ...[host, hostname(), ...allowHosts].map((name) => name.toLowerCase()),
  ])
}

function describeTrouble(error: unknown): string {
  return `realtime: ${withoutKeys(error instanceof Error ? error.message : String(error))}`
}

/**
 * Handlers write a line of JSON for every request, which has its own line here already. Only the cause of a failure of
 * the server itself is added, since no answer contains it.
 */
function noteTrouble(line: string, log: (line: string) => void): void {
  const [, status = ''] = /^\{.*"status":(\d+)/.exec(line) ?? []
  if (status === '' || Number(status) >= 500) log(line)
}
