import type * as z from 'zod'
import { releasePath } from '../http/parameters.ts'
import { wholeRelease } from '../reads/history-shapes.ts'
import { readWhole, requireRelease } from '../reads/read-releases.ts'
import { type Call, defineRoute } from '../route.ts'

/** `GET /api/releases/:id`: one release, and what it did. */
export const showRelease = defineRoute({
  method: 'GET',
  path: '/api/releases/:id',
  name: 'showRelease',
  summary: 'Show one release, by its id or its commit, or a unique start of either.',
  access: 'publisher',
  params: releasePath,
  responses: {
    200: { description: 'The release.', schema: wholeRelease },
    404: { description: 'The release does not exist, or several start like this.' },
  },
  handle: async ({ params, ports }: Call<z.infer<typeof releasePath>>) => {
    const release = await requireRelease(ports.registry, params.id)
    return { body: await readWhole(ports.service, ports.registry, release) }
  },
})
