import { MCP_PATH } from '../../http/cross-origin.ts'
import { refuse } from '../../http/problem.ts'
import { defineRoute } from '../../route.ts'

/**
 * `GET /api/mcp`: refused as the protocol wants it from a server without sessions. Without this route the path would be
 * that of a kind.
 */
export const refuseMcpStream = defineRoute({
  method: 'GET',
  path: MCP_PATH,
  name: 'refuseMcpStream',
  summary: 'Answer that this MCP server has no sessions: send POST.',
  access: 'public',
  previews: false,
  responses: { 405: { description: 'The server keeps no sessions and opens no stream for a GET.' } },
  handle: async () => {
    throw refuse(405, 'METHOD_NOT_ALLOWED', 'GET is not allowed here', 'send POST', {
      headers: { allow: 'POST, OPTIONS' },
    })
  },
})
