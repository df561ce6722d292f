import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
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
  /** The configuration of Auth and of the Data API, which the CLI changes field by field. */
  config: { auth: Record<string, unknown>; api: Record<string, unknown> }
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

/**
 * The domain of the connection pooler: the CLI connects to no other, and only to one that looks like a registered domain.
 * It has no address of its own.
 */
export const POOLER_DOMAIN = 'pooler.localhost'

/** What the CLI learns of the pooler in front of a project's database. */
function describePooler(database: string): object {
  const user = `postgres.${REF}`
  const url = `postgresql://${user}:[YOUR-PASSWORD]@db.${POOLER_DOMAIN}:6543/${database}`
  return {
    ...{ identifier: REF, database_type: 'PRIMARY', is_using_scram_auth: true, pool_mode: 'transaction' },
    ...{ db_user: user, db_host: `db.${POOLER_DOMAIN}`, db_port: 6543, db_name: database },
    ...{ connection_string: url, connectionString: url, default_pool_size: null, max_client_conn: null },
  }
}

/** @param database the name of the project's database, which `db push` reaches through the pooler */
export async function serveManagementApi(database = 'postgres'): Promise<ManagementApi> {
  const functions = new Map<string, UploadedFunction>()
  const secrets: ManagementApi['secrets'] = []
  const config: ManagementApi['config'] = newConfig()
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
    ['GET', /\/config\/database\/pooler$/, () => [describePooler(database)]],
    ['GET', /\/billing\/addons$/, () => ({ selected_addons: [], available_addons: [] })],
    ['GET', /^\/v2\/projects\/\w+\/config$/, () => ({ data: { attributes: config } })],
    [
      'PATCH',
      /\/config\/auth$/,
      async (request) => ({ ...AUTH_FIELDS, ...(await changeConfig(config.auth, request)) }),
    ],
    ['PATCH', /\/postgrest$/, (request) => changeConfig(config.api, request)],
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
    config,
    writeProfile(folder) {
      const path = join(folder, 'loopback.yaml')
      const lines = [
        `name: loopback`,
        `api_url: ${url}`,
        `dashboard_url: ${url}/dashboard`,
        `docs_url: ${url}/docs`,
      ]
      writeFileSync(
        path,
        [...lines, 'project_host: localhost', `pooler_host: ${POOLER_DOMAIN}`, ''].join('\n'),
      )
      return path
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

/**
 * What the CLI requires of an answer besides the fields that a project sets: every field of Auth that may be null
 * (support/auth-fields.txt), and those that may not.
 */
const AUTH_FIELDS = {
  ...Object.fromEntries(
    readFileSync(join(import.meta.dirname, 'auth-fields.txt'), 'utf8')
      .trim()
      .split(/\s+/)
      .map((name) => [name, null]),
  ),
  ...{ mailer_otp_exp: 3600, mfa_phone_otp_length: 6, sms_otp_length: 6, custom_oauth_max_providers: 0 },
  ...{ passkey_enabled: false, oauth_server_enabled: false, custom_oauth_enabled: false },
  oauth_server_allow_dynamic_registration: false,
}

/** The configuration of a new project: anybody may sign up, and PostgREST shows one schema more than NOFX has. */
function newConfig(): ManagementApi['config'] {
  return {
    auth: {
      disable_signup: false,
      external_email_enabled: true,
      external_anonymous_users_enabled: true,
      site_url: 'https://agents.example.com',
      jwt_exp: 3600,
    },
    api: {
      ...{ db_schema: 'public,graphql_public', db_extra_search_path: 'public, extensions', max_rows: 500 },
      ...{
        db_pool: null,
        db_pool_acquisition_timeout: null,
        db_pool_max_idletime: null,
        db_pool_max_lifetime: null,
      },
    },
  }
}

async function changeConfig(part: Record<string, unknown>, request: IncomingMessage): Promise<object> {
  return Object.assign(part, JSON.parse(String(await buffer(request))))
}

async function readUpload(request: IncomingMessage): Promise<UploadedFunction> {
  const headers = { 'content-type': request.headers['content-type'] ?? '' }
  const form = await new Response(new Uint8Array(await buffer(request)), { headers }).formData()
  const files = new Map<string, string>()
  for (const file of form.getAll('file')) if (file instanceof File) files.set(file.name, await file.text())
  const metadata = form.get('metadata')
  return { metadata: JSON.parse(metadata instanceof File ? await metadata.text() : String(metadata)), files }
}
