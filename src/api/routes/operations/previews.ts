import * as z from 'zod'
import { fitting } from '../../../cloud/registry/ask.ts'
import { previewList } from '../../../cloud/registry/function-shapes.ts'
import { remoteFailure } from '../../../cloud/registry/remote-failure.ts'
import { Failure } from '../../../contract/failure.ts'
import { previewName } from '../../../contract/protocol/preview.ts'
import { diffPreview } from '../../../core/preview/diff.ts'
import type { ApiPorts } from '../../ports.ts'
import { LABEL } from '../../reads/read-revisions.ts'
import { contentDiff, risk } from '../../reads/shapes.ts'
import { type Call, defineRoute } from '../../route.ts'

const instant = z.iso.datetime()

const preview = z.strictObject({
  name: z.string(),
  origin: z.string().describe('Where its content comes from, such as a pull request.'),
  actor: z.string(),
  commit: z.string().nullable(),
  state: z.enum(['open', 'closing']),
  expired: z.boolean(),
  changes: z.int().min(0).describe('The number of definitions that differ from production.'),
  createdAt: instant,
  updatedAt: instant,
  expiresAt: instant,
})

const names = z.array(z.string())

const plan = z.strictObject({
  items: z
    .array(
      z.strictObject({
        kind: z.string(),
        id: z.string(),
        action: z.enum(['add', 'change', 'stale', 'held', 'refused']),
        digest: z.string(),
        note: z.string().optional(),
        draft: z.literal(true).optional(),
        diff: contentDiff.nullable(),
        risks: z.array(risk),
        breaks: names.describe('Live definitions that would lose something they need.'),
      }),
    )
    .describe('The first 50 definitions that a merge would publish.'),
  missing: z
    .array(z.strictObject({ kind: z.string(), id: z.string(), requiredBy: names }))
    .describe('The first 50 definitions that production has and the preview does not.'),
  more: z.boolean().describe('Whether there are more of either.'),
})

/** The most definitions of a plan in an answer. */
const MOST = 50

/** `GET /api/previews`: the previews, with their origin and end. */
export const listPreviews = defineRoute({
  method: 'GET',
  path: '/api/previews',
  name: 'listPreviews',
  summary: 'List the previews, with their origin and expiry.',
  access: 'publisher',
  previews: false,
  responses: {
    200: { description: 'All previews.', schema: z.strictObject({ items: z.array(preview) }) },
  },
  handle: async ({ ports }: Call) => ({ body: { items: await readPreviews(ports) } }),
})

const params = z.object({ name: previewName })

/** `GET /api/previews/:name`: one preview beside production. */
export const showPreview = defineRoute({
  method: 'GET',
  path: '/api/previews/:name',
  name: 'showPreview',
  summary: 'Show one preview, with what a merge of it would change in production.',
  access: 'publisher',
  // It compares all definitions of both.
  cost: 10,
  previews: false,
  params,
  responses: {
    200: {
      description: 'The preview.',
      schema: preview.extend({
        plan: plan.nullable().describe('Null if the preview cannot be read any more.'),
      }),
    },
    404: { description: 'The preview does not exist.' },
  },
  handle: async ({ params, ports }: Call<{ name: string }>) => {
    const found = (await readPreviews(ports)).find(({ name }) => name === params.name)
    if (!found)
      throw new Failure('NOT_FOUND', `the preview "${params.name}" does not exist`, 'see: /api/previews')
    const isReadable = found.state === 'open' && !found.expired
    return { body: { ...found, plan: isReadable ? await planOf(ports, found.name) : null } }
  },
})

async function readPreviews({ service }: ApiPorts) {
  const { data, error, status } = await service.rpc('registry_preview_list')
  if (error) throw remoteFailure(LABEL, 'list the previews', { ...error, status })
  return fitting(LABEL, 'list the previews', previewList, data)
}

async function planOf({ kinds, registry, inPreview }: ApiPorts, name: string): Promise<z.infer<typeof plan>> {
  const { items, missing } = await diffPreview(kinds, registry, inPreview(name).registry)
  return {
    items: items.slice(0, MOST).map(({ kind, id, action, digest, note, draft, diff, risks, breaks }) => ({
      ...{ kind, id, action, digest, note, draft, diff: diff ?? null, risks, breaks },
    })),
    missing: missing.slice(0, MOST).map(({ kind, id, requiredBy }) => ({ kind, id, requiredBy })),
    more: items.length > MOST || missing.length > MOST,
  }
}
