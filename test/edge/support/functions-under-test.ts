import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { SignJWT } from 'jose'
import * as yaml from 'yaml'
import type { Cloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { createRegistryFunction } from '../../../src/edge/registry-function.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import type { Query } from '../../harness/database.ts'
import { openServerCloud } from '../../harness/test-cloud.ts'
import { everythingStored } from '../../sql/support/registry-under-test.ts'

const KINDS = [servers, skills, agents, templates]

/** The path of the function that most tests call. */
export const FUNCTION = '/functions/v1/registry_agents_sync'

export const refusal = (code: string, message: string, hint: string) => ({
  ok: false,
  error: { code, message, hint },
})

/** The answer to a request without credentials. */
export const NO_CREDENTIALS = refusal(
  'REMOTE_DENIED',
  'this needs credentials',
  'send a secret key as "apikey", or a token as "Authorization: Bearer <token>"',
)

/** A project on loopback as Supabase serves one: the embedded cloud, and the edge functions of all kinds. */
export interface Project {
  url: string
  cloud: Cloud
  query: Query
  /** The token of a user who may publish. */
  publisher: string
  /** What the functions logged. */
  lines: Record<string, unknown>[]
  /** The calls over the wire: `GET /path`. */
  calls: string[]
  /** Every effect that a request could have had, as one text. */
  stored(): Promise<string>
  close(): Promise<void>
}

/** Serves a project that has nothing in it. */
export async function serveProject(): Promise<Project> {
  const { cloud, query, close: closeCloud } = await openServerCloud()
  const lines: Record<string, unknown>[] = []
  const calls: string[] = []
  const server = createServer(async (incoming, outgoing) => {
    const request = toRequest(incoming, await buffer(incoming))
    const { pathname } = new URL(request.url)
    calls.push(`${request.method} ${pathname}`)
    const name = /^\/functions\/v1\/(\w+)/.exec(pathname)?.[1]
    const handle = name === undefined ? cloud.fetch : functions.get(name)
    const response = handle ? await handle(request) : new Response('no such function', { status: 404 })
    outgoing.writeHead(response.status, Object.fromEntries(response.headers))
    outgoing.end(Buffer.from(await response.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const env = {
    SUPABASE_URL: url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: cloud.keys.secret }),
    NOFX_JWT_SECRET: cloud.keys.jwtSecret,
  }
  const log = (line: Record<string, unknown>) => lines.push(line)
  const functions = new Map(
    KINDS.map((kind) => [
      `registry_${kind.id}_sync`,
      createRegistryFunction({ kind, env, yaml: () => yaml, log }),
    ]),
  )
  const close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    await closeCloud()
  }
  const publisher = await publisherToken(cloud.keys.jwtSecret)
  return { url, cloud, query, publisher, lines, calls, stored: () => everythingStored(query), close }
}

function toRequest(incoming: IncomingMessage, body: Buffer): Request {
  const { method = 'GET', url = '/', headers } = incoming
  return new Request(`http://${headers.host}${url}`, {
    method,
    headers: headers as Record<string, string>,
    ...(method === 'GET' || method === 'HEAD' ? {} : { body: new Uint8Array(body) }),
  })
}

function publisherToken(jwtSecret: string): Promise<string> {
  const user = { aud: 'authenticated', role: 'authenticated', sub: 'a-user', email: 'me@example.com' }
  return new SignJWT({ ...user, app_metadata: { nofx_role: 'publisher' } })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(jwtSecret))
}
