import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SignJWT } from 'jose'
import { createApi } from '../../../src/api/app.ts'
import type { Limiter } from '../../../src/api/http/limiter.ts'
import { type ApiPorts, createPorts, type Deliveries } from '../../../src/api/ports.ts'
import { createLocalForwarder } from '../../../src/cloud/embedded/forwarder.ts'
import type { Cloud } from '../../../src/cloud/embedded/open-cloud.ts'
import { createAuthenticate } from '../../../src/edge/auth/authenticate.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { servers } from '../../../src/plugins/servers/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { type Packed, packFiles } from '../../cloud/support/definitions.ts'
import type { CloudDatabase } from '../../harness/cloud-database.ts'
import type { Query } from '../../harness/database.ts'
import { openPgliteCloud, openServerCloud } from '../../harness/test-cloud.ts'
import { requireDocumented } from './documented.ts'

/** The origin of the API in its tests. */
export const ORIGIN = 'http://api.test'

/** An answer after reading. `json` is undefined when it has no body. */
export interface Read {
  status: number
  headers: Headers
  text: string
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the route's, and the test asserts it
  json: any
}

/** The whole API over a cloud in this process. */
export interface ApiUnderTest {
  cloud: Cloud
  /** Runs a statement as the owner of the database. */
  query: Query
  ports: ApiPorts
  /** The log, a line a request. */
  lines: Record<string, unknown>[]
  /** Requests to the cloud: `POST /rest/v1/rpc/registry_list`. */
  calls: string[]
  send(path: string, init?: RequestInit): Promise<Read>
  get(path: string, headers?: Record<string, string>): Promise<Read>
  /** `Authorization` of a signed-in user; a publisher unless `role` says otherwise. */
  token(options?: { role?: string; expires?: string; secret?: string }): Promise<Record<string, string>>
  /** Replaces the answers of the cloud while it is set. */
  fault?: () => Response | Promise<Response>
  /** The folder with the registry. */
  root: string
  close(): Promise<void>
}

/** Opens the API over PostgreSQL, as a deployment's is, or over PGlite. */
export async function openApiUnderTest({
  onPglite = false,
  database,
  ...options
}: {
  onPglite?: boolean
  /** Another database than an empty one; it is dropped in the end. */
  database?: CloudDatabase
  limiter?: Limiter
  forwarded?: boolean
  deliveries?: Deliveries
  runs?: ApiPorts['runs']
} = {}): Promise<ApiUnderTest> {
  const { cloud, query, root, close } = await (onPglite ? openPgliteCloud() : openServerCloud(database))
  const { publishable, secret, jwtSecret } = cloud.keys
  const lines: Record<string, unknown>[] = []
  const calls: string[] = []
  const publisher = { issuer: `${ORIGIN}/auth/v1`, jwtSecret, jwks: { keys: [] } }
  const ports = createPorts({
    kinds: [servers, agents, skills, templates],
    url: ORIGIN,
    publishableKey: publishable,
    secretKey: secret,
    fetch: async (input, init) => {
      const request = new Request(input, init)
      calls.push(`${request.method} ${new URL(request.url).pathname}`)
      return under.fault ? under.fault() : cloud.fetch(request)
    },
    authenticate: createAuthenticate({ secretKeys: [secret], publisher }),
    callForwarder: createLocalForwarder(cloud),
    log: (line) => lines.push(line),
    ...options,
  })
  const api = createApi(ports)
  const send: ApiUnderTest['send'] = async (path, init) => {
    const url = new URL(path, ORIGIN)
    const response = await api.fetch(new Request(url, init))
    requireDocumented(init?.method ?? 'GET', url, response.status)
    const text = await response.text()
    const json = text.startsWith('{') ? JSON.parse(text) : undefined
    return { status: response.status, headers: response.headers, text, json }
  }
  const under: ApiUnderTest = {
    cloud,
    query,
    ports,
    lines,
    calls,
    send,
    root,
    get: (path, headers) => send(path, { headers }),
    token: async (claims) => ({ authorization: `Bearer ${await sign(jwtSecret, claims)}` }),
    close,
  }
  return under
}

async function sign(
  jwtSecret: string,
  {
    role = 'publisher',
    expires = '1h',
    secret = jwtSecret,
  }: { role?: string; expires?: string; secret?: string } = {},
): Promise<string> {
  return new SignJWT({ role: 'authenticated', email: 'ada@example.com', app_metadata: { nofx_role: role } })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject('11111111-1111-4111-8111-111111111111')
    .setAudience('authenticated')
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(new TextEncoder().encode(secret))
}

/** This repository's own samples of a kind, ready to be published. */
export function packSamples(kind: string): Packed[] {
  const folder = join('packages/shared', kind)
  return readdirSync(folder).map((id) => {
    const paths = readdirSync(join(folder, id), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(join(folder, id).length + 1))
    const texts = paths.sort().map((path) => [path, readFileSync(join(folder, id, path), 'utf8')])
    const packed = packFiles(kind, id, Object.fromEntries(texts))
    const files = packed.item.files.map(({ text, ...file }) =>
      file.path.startsWith('assets/') ? file : { ...file, text },
    )
    return { ...packed, item: { ...packed.item, files } }
  })
}
