import * as z from 'zod'
import type { Kind } from '../../contract/kind.ts'
import { listManifestFiles } from '../../contract/manifest/manifest-file.ts'
import { composeOnce } from '../compose-once.ts'
import { listsTag } from '../http/tags.ts'
import { readCounts } from '../reads/read-heads.ts'
import { sightOf } from '../reads/sight.ts'
import { defineRoute } from '../route.ts'

const amount = z.int().min(0)

const kindList = z.strictObject({
  items: z.array(
    z.strictObject({
      id: z.string(),
      singular: z.string(),
      manifestFile: z.string(),
      manifestFiles: z.array(z.string()).describe('Every name that a manifest may have.'),
      canInstantiate: z.boolean().describe('Whether its definitions can be made into plans.'),
      hasGraph: z.boolean().describe('Whether its definitions have a graph.'),
      counts: z
        .strictObject({
          active: amount,
          deprecated: amount,
          draft: amount.optional(),
          disabled: amount.optional(),
          removed: amount.optional(),
          waiting: amount.optional().describe('Definitions with a draft that is not live.'),
          held: amount
            .optional()
            .describe(
              'Definitions whose newest published content is held: their files cannot be published as they are.',
            ),
        })
        .describe('Definitions by status. Readers see active and deprecated ones, publishers see all.'),
    }),
  ),
})

type Counts = Awaited<ReturnType<typeof readCounts>>['kinds'][string]

/** `GET /api/kinds`: the kinds of the registry, and how many definitions each has. */
export const listKinds = defineRoute({
  method: 'GET',
  path: '/api/kinds',
  name: 'listKinds',
  summary: 'List the kinds, with the number of their definitions by status.',
  access: 'public',
  responses: {
    200: { description: 'All kinds.', schema: kindList },
    304: { description: 'Not modified since the answer with this ETag.' },
  },
  handle: async (call) => {
    const { ports } = call
    const { client, inner } = sightOf(call)
    const view = { kinds: ports.kinds.map(({ id }) => id), view: inner ? 'all' : 'public' }
    const cacheTags = view.kinds.flatMap((id) => [`registry-${id}`, listsTag(id)])
    const answer = await composeOnce(call, view, async () => {
      const { seq, kinds } = await readCounts(client, inner)
      const items = ports.kinds.map((kind) => describeKind(kind, kinds[kind.id] ?? {}, inner))
      return { seq, answer: { body: { items } } }
    })
    return { ...answer, cacheTags }
  },
})

function describeKind(kind: Kind, counts: Counts, inner: boolean) {
  const { id, singular, manifestFile, instantiate, graph } = kind
  const { active = 0, deprecated = 0, draft = 0, disabled = 0, removed = 0, waiting = 0 } = counts
  return {
    id,
    singular,
    manifestFile,
    manifestFiles: [...listManifestFiles(kind)],
    canInstantiate: instantiate !== undefined,
    hasGraph: graph !== undefined,
    counts: {
      active,
      deprecated,
      ...(inner ? { draft, disabled, removed, waiting, held: counts.held ?? 0 } : {}),
    },
  }
}
