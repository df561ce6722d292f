import * as z from 'zod'
import { definitionId, digest, kindId, madeId, text, version } from '../../../cloud/registry/shapes.ts'
import { Failure } from '../../../contract/failure.ts'
import { instanceDocument } from '../../../core/instantiate.ts'
import { nextLink } from '../../http/cursor.ts'
import { cursorText, pageSize, phrase } from '../../http/parameters.ts'
import { fingerprint } from '../../http/tags.ts'
import { type Call, defineRoute } from '../../route.ts'
import { placed, readNewest } from './read-newest.ts'

const query = z.strictObject({
  kind: phrase(64).optional().describe('Only plans of definitions of this kind.'),
  id: phrase(64).optional().describe('Only plans of definitions with this id.'),
  actor: phrase(255).optional().describe('Only plans of exactly this actor.'),
  limit: pageSize,
  cursor: cursorText.optional(),
})

const item = z.strictObject({
  planId: z.string(),
  kind: z.string(),
  id: z.string(),
  version: z.int(),
  digest: z.string(),
  actor: z.string(),
  createdAt: z.iso.datetime(),
})

const row = z.object({
  ...placed,
  planId: madeId,
  kind: kindId,
  id: definitionId,
  version,
  digest,
  actor: text(1_000),
})

/** `GET /api/instantiations`: the plans that were made. */
export const listInstantiations = defineRoute({
  method: 'GET',
  path: '/api/instantiations',
  name: 'listInstantiations',
  summary: 'List the plans that were made, newest first.',
  access: 'publisher',
  query,
  responses: {
    200: {
      description: 'One page. The header `Link` names the next one.',
      schema: z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() }),
    },
  },
  handle: async (call: Call<unknown, z.infer<typeof query>>) => {
    const { ports, url, env } = call
    const { limit, cursor, ...filters } = call.query
    const columns = 'planId:plan_id,key:plan_id,kind,id,version,digest,actor,at:created_at'
    let wanted = ports.service.from('template_instantiations').select(columns)
    for (const [column, value] of Object.entries(filters))
      if (value !== undefined) wanted = wanted.eq(column, value)
    const asked = { limit, cursor, q: fingerprint(filters), env }
    const { page, nextCursor } = await readNewest('read the plans', row, wanted, asked, 'plan_id')
    const items = page.map(({ at, key: _, ...rest }) => ({ ...rest, createdAt: new Date(at).toISOString() }))
    return {
      body: { items, nextCursor },
      ...(nextCursor === null ? {} : { headers: { link: nextLink(url, nextCursor, env) } }),
    }
  },
})

const params = z.object({ planId: z.uuid() })

const plan = z
  .looseObject({ planId: z.string(), createdAt: z.iso.datetime() })
  .describe('The plan, as it was answered when it was made.')

/** `GET /api/instantiations/:planId`: one plan, with the versions that it is locked to. */
export const showInstantiation = defineRoute({
  method: 'GET',
  path: '/api/instantiations/:planId',
  name: 'showInstantiation',
  summary: 'Show one plan, with the versions that it is locked to.',
  access: 'publisher',
  params,
  responses: {
    200: { description: 'The plan.', schema: plan },
    404: { description: 'The plan does not exist.' },
  },
  handle: async ({ params, ports }: Call<{ planId: string }>) => {
    const instance = await ports.registry.instance(params.planId)
    if (instance) return { body: instanceDocument(instance, ports.kinds) }
    throw new Failure('NOT_FOUND', `the plan "${params.planId}" does not exist`, 'see: /api/instantiations')
  },
})
