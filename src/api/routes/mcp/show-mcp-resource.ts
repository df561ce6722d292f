import * as z from 'zod'
import { MCP_PATH } from '../../http/cross-origin.ts'
import { defineRoute } from '../../route.ts'

/** The right that changes need. */
export const PUBLISHER_SCOPE = 'publisher'

const PLACE = `/.well-known/oauth-protected-resource${MCP_PATH}`

const resource = z.strictObject({
  resource: z.url(),
  authorization_servers: z.array(z.url()),
  scopes_supported: z.array(z.string()),
  bearer_methods_supported: z.array(z.string()),
  resource_name: z.string(),
})

/**
 * The challenge that a refused caller of the MCP server gets (RFC 6750, RFC 9728): its client reads there how to sign
 * in.
 */
export function mcpChallenge(status: number, { origin }: URL): Record<string, string> {
  const error = { 401: 'invalid_token', 403: 'insufficient_scope' }[status]
  if (error === undefined) return {}
  const parts = [`error="${error}"`, `scope="${PUBLISHER_SCOPE}"`, `resource_metadata="${origin}${PLACE}"`]
  return { 'www-authenticate': `Bearer ${parts.join(', ')}` }
}

/** `GET /.well-known/oauth-protected-resource/api/mcp`: how clients of the MCP server sign in (RFC 9728). */
export const showMcpResource = defineRoute({
  method: 'GET',
  path: PLACE,
  name: 'showMcpResource',
  summary: 'Show where clients of the MCP server get a token.',
  access: 'public',
  previews: false,
  responses: { 200: { description: 'The metadata of the protected resource.', schema: resource } },
  handle: async ({ url, production }) => ({
    body: {
      resource: `${url.origin}${MCP_PATH}`,
      authorization_servers: [production.issuer],
      scopes_supported: [PUBLISHER_SCOPE],
      bearer_methods_supported: ['header'],
      resource_name: production.place?.name ?? 'NOFX registry',
    } satisfies z.infer<typeof resource>,
    cacheTags: [],
  }),
})
