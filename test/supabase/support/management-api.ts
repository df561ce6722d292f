import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'

/** The reference of the only project. */
export const REF = 'abcdefghijklmnopqrst'

/** A function as the Supabase CLI uploads it. */
export interface UploadedFunction {
  metadata: { entrypoint_path?: string; import_map_path?: string; verify_jwt?: boolean }
  /** Texts by path, relative to the checkout. */
  files: Map<string, string>
}

/** A server on loopback that answers the Supabase CLI as the API of supabase.com does for one project. */
export interface ManagementApi {
  functions: Map<string, UploadedFunction>
  secrets: { name: string; value: string }[]
  /** Writes the profile with which the CLI calls this server, and returns its path. */
  writeProfile(folder: string): string
  close(): Promise<void>
}

const PROJECT = {
  ...{
    id: REF,
    ref: REF,
    organization_id: 'acme',
    organization_slug: 'acme',
    name: 'agents',
    region: 'eu-central-1',
  },
  ...{ status: 'ACTIVE_HEALTHY', created_at: '2026-11-01T00:00:00Z' },
  database: { host: `db.${REF}.localhost`, version: '17', postgres_engine: '17', release_channel: 'ga' },
}
const KEYS = ['anon', 'service_role'].map((name) => ({ name, api_key: `key of ${name}` }))

export async function serveManagementApi(): Promise<ManagementApi> {
  const functions = new Map<string, UploadedFunction>()
  const secrets: ManagementApi['secrets'] = []
  const answers: [method: string, path: RegExp, answer: (request: IncomingMessage, url: URL) => unknown][] = [
    [
      'GET',
      /^\/v1\/profile$/,
      () => ({ gotrue_id: 'ada', primary_email: 'ada@example.com', username: 'ada' }),
    ],
    ['GET', /^\/v1\/projects\/\w+$/, () => PROJECT],
    ['GET', /\/api-keys$/, () => KEYS],
    ['GET', /\/functions$/, () => []],
    ['PUT', /\/functions$/, () => ({ functions: [] })],
    ['GET', /^\/v2\/projects\/\w+\/config$/, () => ({})],
    [
      'POST',
      /\/functions\/deploy$/,
      async (request, url) => {
        const slug = url.searchParams.get('slug') ?? ''
        functions.set(slug, await readUpload(request))
        return { id: slug, slug, name: slug, status: 'ACTIVE', version: 1 }
      },
    ],
    [
      'POST',
      /\/secrets$/,
      async (request) => {
        secrets.push(...JSON.parse(String(await buffer(request))))
        return {}
      },
    ],
  ]
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost')
    const [, , answer] =
      answers.find(([method, path]) => method === request.method && path.test(url.pathname)) ?? []
    const body = answer ? await answer(request, url) : { message: 'not found' }
    const status = !answer ? 404 : request.method === 'POST' ? 201 : 200
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    functions,
    secrets,
    writeProfile(folder) {
      const path = join(folder, 'loopback.yaml')
      const lines = [
        `name: loopback`,
        `api_url: ${url}`,
        `dashboard_url: ${url}/dashboard`,
        `docs_url: ${url}/docs`,
      ]
      writeFileSync(path, [...lines, 'project_host: localhost', ''].join('\n'))
      return path
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function readUpload(request: IncomingMessage): Promise<UploadedFunction> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(new Uint8Array(await buffer(request)), { headers }).formData()
  const files = new Map<string, string>()
  for (const file of form.getAll('file')) if (file instanceof File) files.set(file.name, await file.text())
  const metadata = form.get('metadata')
  return { metadata: JSON.parse(metadata instanceof File ? await metadata.text() : String(metadata)), files }
}
