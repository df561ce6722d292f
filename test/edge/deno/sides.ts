import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { YamlLibrary } from '../../../src/contract/manifest/yaml-text.ts'
import { startDeno } from '../../../src/dev/deno-process.ts'
import { findDeno } from '../../../src/dev/find-deno.ts'
import { createRegistryFunction } from '../../../src/edge/registry-function.ts'
import { agents } from '../../../src/plugins/agents/kind.ts'
import { skills } from '../../../src/plugins/skills/kind.ts'
import { templates } from '../../../src/plugins/templates/kind.ts'
import { serveCloud } from '../../cloud/support/http-cloud.ts'
import { openServerCloud } from '../../harness/test-cloud.ts'

const ROOT = join(import.meta.dirname, '../../..')
const KINDS = [skills, agents, templates]
const HEADERS = ['content-type', 'cache-control', 'allow', 'www-authenticate']

/** The answer of a function, without what differs from run to run. */
export interface Answer {
  status: number
  headers: Record<string, string | null>
  // biome-ignore lint/suspicious/noExplicitAny: the shape is the protocol's, and the test asserts it
  body: any
}

type Handler = (request: Request) => Promise<Response>

/** The functions of both kinds in one runtime, over their own cloud behind HTTP. */
export type Side = Awaited<ReturnType<typeof openSide>>

/** Both runtimes of the functions. The same requests to both find equal databases. */
export async function openSides(): Promise<{ inProcess: Side; deno: Side; close(): Promise<void> }> {
  const [inProcess, deno] = [await openSide(hereFor), await openSide(denoFor)]
  return {
    inProcess,
    deno,
    close: async () => {
      await Promise.all([inProcess.close(), deno.close()])
    },
  }
}

/** The functions in this process alone. */
export function openInProcess(): Promise<Side> {
  return openSide(hereFor)
}

type Run = (env: Record<string, string>, lines: string[]) => Promise<{ handlers: Handler[]; stop(): unknown }>

async function openSide(run: Run) {
  const { cloud, close: closeCloud } = await openServerCloud()
  const served = await serveCloud(cloud)
  const env = {
    SUPABASE_URL: served.url,
    SUPABASE_SECRET_KEYS: JSON.stringify({ default: cloud.keys.secret }),
    SUPABASE_JWKS: '{"keys":[]}',
    NOFX_JWT_SECRET: cloud.keys.jwtSecret,
  }
  /** The lines that the functions printed. */
  const lines: string[] = []
  const { handlers, stop } = await run(env, lines)
  const send = async (kind: string, path: string, init: RequestInit): Promise<Answer> => {
    const handler = handlers[KINDS.findIndex((one) => one.id === kind)]!
    const response = await handler(new Request(`http://functions.test/functions/v1/${path}`, init))
    const text = (await response.text()).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, '<uuid>')
    const headers = Object.fromEntries(HEADERS.map((name) => [name, response.headers.get(name)]))
    return { status: response.status, headers, body: JSON.parse(text) }
  }
  const close = async () => {
    await stop()
    await served.close()
    await closeCloud()
  }
  return { cloud, keys: cloud.keys, lines, send, close }
}

async function hereFor(env: Record<string, string>, lines: string[]) {
  const yaml = () => createRequire(import.meta.url)('yaml') as YamlLibrary
  const log = (line: object) => lines.push(JSON.stringify(line))
  return { handlers: KINDS.map((kind) => createRegistryFunction({ kind, env, yaml, log })), stop: () => {} }
}

async function denoFor(env: Record<string, string>, lines: string[]) {
  const binary = await findDeno()
  if (!binary) throw new Error('there is no Deno: npm install')
  const log = (line: string) => lines.push(line)
  const started = await Promise.all(
    KINDS.map(({ id }) => {
      const entry = join(ROOT, `supabase/functions/registry_${id}_sync/index.ts`)
      return startDeno({ binary, root: ROOT, entry, env, log })
    }),
  )
  const over =
    (origin: string): Handler =>
    async (request) => {
      const body = request.body ? await request.arrayBuffer() : undefined
      const { method, headers } = request
      return fetch(`${origin}${new URL(request.url).pathname}`, { method, headers, body })
    }
  const stop = () => Promise.all(started.map((one) => one.stop()))
  return { handlers: started.map(({ origin }) => over(origin)), stop }
}
