import { ResourceNotFoundError, type Server } from '@modelcontextprotocol/server'
import { listen } from '../../../src/dev/listen.ts'
import { routing } from '../../../src/dev/routing.ts'
import { buildServer, type ServerOptions } from '../../../src/mcp/build-server.ts'
import { createMcpHttp } from '../../../src/mcp/serve-http.ts'
import {
  callFixture,
  FIXTURE_PROMPTS,
  FIXTURE_RESOURCES,
  FIXTURE_TEMPLATES,
  FIXTURE_TOOLS,
  getFixture,
  readFixture,
} from './fixtures.ts'

/** The registry's server, whose contents are those that the conformance suite of MCP asks for. */
function buildFixtures(options: ServerOptions): Server {
  const server = buildServer(options)
  server.registerCapabilities({ logging: {} })
  server.setRequestHandler('tools/list', () => ({ tools: [...FIXTURE_TOOLS] }))
  server.setRequestHandler('tools/call', ({ params }, context) =>
    callFixture(params.name, params.arguments ?? {}, context),
  )
  server.setRequestHandler('resources/list', () => ({ resources: FIXTURE_RESOURCES }))
  server.setRequestHandler('resources/templates/list', () => ({ resourceTemplates: FIXTURE_TEMPLATES }))
  server.setRequestHandler('resources/read', ({ params: { uri } }) => {
    const content = readFixture(uri)
    if (!content) throw new ResourceNotFoundError(uri)
    return { contents: [content] }
  })
  server.setRequestHandler('prompts/list', () => ({ prompts: FIXTURE_PROMPTS }))
  server.setRequestHandler('prompts/get', async ({ params }, context) =>
    getFixture(params.name, params.arguments ?? {}, context),
  )
  server.setRequestHandler('completion/complete', () => ({ completion: { values: [], hasMore: false } }))
  return server
}

/** The server of the fixtures, as `POST /api/mcp` has that of the registry. */
export function createFixtureHandler(): (request: Request) => Promise<Response> {
  const dispatch = async () => new Response(null, { status: 404 })
  const http = createMcpHttp({
    kinds: [],
    dispatch,
    wakeups: () => () => {},
    origins: [],
    challenge: () => ({}),
    build: buildFixtures,
  })
  const caller = { publisher: false, signedIn: false, dispatch }
  return async (request) => {
    if (request.method !== 'POST') return new Response(null, { status: 405, headers: { allow: 'POST' } })
    return http.fetch(request, caller, () => request.signal)
  }
}

/** Serves them on a free port, by the server and the routes of `nofx dev`. */
export async function serveFixtures(): Promise<string> {
  const handler = createFixtureHandler()
  const { url } = await listen({
    host: '127.0.0.1',
    port: 0,
    log: () => {},
    fetch: async (request) => routing([['/api/mcp', handler]], new Set(['127.0.0.1']))(request),
  })
  return `${url}/api/mcp`
}
