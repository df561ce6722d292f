import * as z from 'zod'
import { fitting } from '../../../cloud/registry/ask.ts'
import { webhookList } from '../../../cloud/registry/function-shapes.ts'
import { remoteFailure } from '../../../cloud/registry/remote-failure.ts'
import type { Webhook } from '../../../contract/protocol/webhooks.ts'
import { LABEL } from '../../reads/read-revisions.ts'
import { type Call, defineRoute } from '../../route.ts'

const instant = z.iso.datetime()
const count = z.int().min(0)
const status = z.int().nullable().describe('The status of the last answer; null without one.')

const webhook = z.strictObject({
  id: z.string(),
  url: z.string().describe('The origin and `/…`: the rest may be a secret.'),
  deployment: z.boolean().describe('Whether it is a deployment of the HTTP API.'),
  kinds: z.array(z.string()),
  types: z.array(z.string()),
  audience: z.enum(['public', 'publisher']),
  state: z.enum(['active', 'failing', 'disabled']),
  cursor: count,
  lag: count.describe('The number of events that it has not got yet.'),
  attempts: count,
  nextAt: instant.nullable(),
  lastStatus: status,
  lastError: z.string().nullable(),
  deliveredAt: instant.nullable(),
  disabledAt: instant.nullable(),
  createdBy: z.string(),
  createdAt: instant,
  deadLetters: z.array(
    z.strictObject({
      since: count,
      cursor: count,
      attempts: count,
      lastStatus: status,
      lastError: z.string().nullable(),
      at: instant,
    }),
  ),
})

/** `GET /api/webhooks`: where the feed is sent. */
export const listWebhooks = defineRoute({
  method: 'GET',
  path: '/api/webhooks',
  name: 'listWebhooks',
  summary: 'List where the change feed is sent, with cut addresses.',
  access: 'publisher',
  previews: false,
  responses: {
    200: { description: 'All webhooks.', schema: z.strictObject({ items: z.array(webhook) }) },
  },
  handle: async ({ ports }: Call) => {
    const { data, error, status } = await ports.service.rpc('registry_list_webhooks')
    if (error) throw remoteFailure(LABEL, 'list the webhooks', { ...error, status })
    const webhooks = fitting(LABEL, 'list the webhooks', webhookList, data)
    return { body: { items: webhooks.map(cut) } }
  },
})

/** Nothing after the origin of the address is shown, wherever it stands. */
function cut({ url, lastError, deadLetters, ...rest }: Webhook): z.infer<typeof webhook> {
  const shown = URL.canParse(url) ? `${new URL(url).origin}/…` : '…'
  const hide = (text: string | null) => withoutAddress(text, url, shown)
  return {
    ...rest,
    url: shown,
    lastError: hide(lastError),
    deadLetters: deadLetters.map((letter) => ({ ...letter, lastError: hide(letter.lastError) })),
  }
}

function withoutAddress(text: string | null, url: string, shown: string): string | null {
  if (text === null || !URL.canParse(url)) return text
  const { pathname, search } = new URL(url)
  const parts = [url, new URL(url).href, pathname + search, pathname, search].filter(
    (part) => part.length > 1,
  )
  return parts.reduce((rest, part) => rest.replaceAll(part, part.startsWith('http') ? shown : '/…'), text)
}

const params = z.object({ id: z.string().regex(/^[0-9A-Za-z_-]{1,64}$/) })

const attempt = z.strictObject({
  status: z.int().nullable().describe('The status of the answer; null without one.'),
  ms: z.number(),
  error: z.string().optional(),
  retryAfter: z.number().optional(),
})

/** `POST /api/webhooks/:id/test`: sends a ping now. */
export const testWebhook = defineRoute({
  method: 'POST',
  path: '/api/webhooks/:id/test',
  name: 'testWebhook',
  summary: 'Send a signed ping to a webhook now, and nothing else.',
  access: 'publisher',
  // It makes a request to another server.
  cost: 10,
  previews: false,
  params,
  body: z.strictObject({}),
  responses: {
    200: { description: 'What the receiver answered.', schema: attempt },
    404: { description: 'The webhook does not exist.' },
  },
  handle: async ({ params, ports }: Call<{ id: string }>) => {
    const { error, ...rest } = await ports.registry.webhooks.test(params.id)
    const { data } = await ports.service.rpc('registry_list_webhooks')
    const tested = webhookList.safeParse(data).data?.find(({ id }) => id === params.id)
    const said = tested && error !== undefined ? cut({ ...tested, lastError: error }).lastError : undefined
    return { body: { ...rest, ...(typeof said === 'string' ? { error: said } : {}) } }
  },
})
