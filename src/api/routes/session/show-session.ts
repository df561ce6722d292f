import { decodeJwt } from 'jose'
import * as z from 'zod'
import { VERSION } from '../../../contract/version.ts'
import type { ApiPorts } from '../../ports.ts'
import { defineRoute, type RouteCall } from '../../route.ts'

/** What a page shows or leaves out, in the order of the answer. */
const FEATURES = ['previews', 'runs', 'streams', 'webhook-tests'] as const

const session = z.strictObject({
  signedIn: z.boolean().describe('Whether the request has credentials that were verified.'),
  publisher: z.boolean().describe('Whether the caller may publish.'),
  actor: z
    .string()
    .nullable()
    .describe('The name in the history; null for a secret key, which names no person.'),
  expiresAt: z.iso.datetime().nullable().describe('When the token ends.'),
  signIn: z.array(z.enum(['code', 'github', 'password'])).describe('The ways to sign in from a page here.'),
  registry: z.strictObject({
    name: z.string(),
    environment: z.enum(['dev', 'hosted']),
    version: z.string().describe('The version of NOFX.'),
  }),
  features: z
    .array(z.enum(FEATURES))
    .describe(
      'What this place can do beside reads and writes: show `previews` and the `runs` of workers, keep `streams` of events open, and send the pings of `webhook-tests`.',
    ),
})

/** `GET /api/session`: who is asking, and how to sign in. It reads the token, never a cookie. */
export const showSession = defineRoute({
  method: 'GET',
  path: '/api/session',
  name: 'showSession',
  summary: 'Show who is asking, how to sign in, and which registry this is.',
  access: 'public',
  previews: false,
  responses: { 200: { description: 'The caller and the registry.', schema: session } },
  handle: async ({ principal, headers, ports, url }: RouteCall) => {
    const { expiresAt, email } = tokenIn(headers, principal?.via !== 'secret')
    const { sessions, place } = ports
    return {
      body: {
        signedIn: principal !== undefined || email !== undefined,
        publisher: principal !== undefined,
        actor: principal ? (principal.actor ?? null) : (email ?? null),
        expiresAt,
        signIn: [...((await sessions?.waysAt(url)) ?? [])],
        registry: {
          name: place?.name ?? url.host,
          environment: place?.environment ?? 'hosted',
          version: VERSION,
        },
        features: FEATURES.filter((feature) => has(ports, feature)),
      },
    }
  },
})

/** Whether the place can do something that not every place can. */
function has({ runs, streams, lacks = [] }: ApiPorts, feature: (typeof FEATURES)[number]): boolean {
  if (feature === 'runs') return runs !== undefined
  if (feature === 'streams') return streams.most > 0
  return !lacks.includes(feature)
}

/** What a token says, which was verified before the route ran. */
function tokenIn(headers: Headers, isUser: boolean): { expiresAt: string | null; email?: string } {
  const [, token] = /^bearer +(\S+)$/i.exec(headers.get('authorization') ?? '') ?? []
  try {
    if (!isUser || token === undefined) return { expiresAt: null }
    const { exp, email, sub } = decodeJwt(token)
    const expiresAt = exp === undefined ? null : new Date(exp * 1000).toISOString()
    return { expiresAt, email: typeof email === 'string' && email !== '' ? email : sub }
  } catch {
    // A key of the project in place of a token.
    return { expiresAt: null }
  }
}
