import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import type { Description } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { definitionPath, versionText } from '../http/parameters.ts'
import { listsTag, registryTag } from '../http/tags.ts'
import { links, MOST_LINKS } from '../reads/link-shapes.ts'
import { requireHead } from '../reads/read-heads.ts'
import { findNeeds, isMet, readDependents, readTargets } from '../reads/read-links.ts'
import { readReferences, type Which } from '../reads/read-revisions.ts'
import { sightOf } from '../reads/sight.ts'
import { defineRoute, type RouteCall } from '../route.ts'

const query = z.strictObject({
  version: versionText
    .optional()
    .describe('The links of this version; `met` then says what would hold if it were live.'),
})

/** `GET /api/:kind/:id/links`: what a definition needs, and what needs it. */
export const showLinks = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id/links',
  name: 'showLinks',
  summary: 'Show what a definition needs, and which definitions need it.',
  access: 'public',
  params: definitionPath,
  query,
  responses: {
    200: { description: 'The links that the caller may see.', schema: links },
    304: { description: 'Not modified since the answer with this ETag.' },
    404: { description: 'The definition or the version does not exist or is not public.' },
  },
  handle: async (call: RouteCall<z.infer<typeof definitionPath>, z.infer<typeof query>>) => {
    const { kind, client, env, params, ports } = call
    const which = { kind, id: params.id }
    const { inner } = sightOf(call)
    const newest = await ports.newest()
    const head = await requireHead(client, which)
    const pick = call.query.version ?? head.version ?? undefined
    const { version, refs, metadata: description } = await readReferences(client, which, pick)
    const of = { links: nameOf({ kind: kind.id, id: params.id }), version, view: inner ? 'all' : 'public' }
    const etag = registryTag(newest, of)
    // Whatever moves of any kind may be linked with it.
    const cacheTags = ports.kinds.flatMap((one) => [`registry-${one.id}`, listsTag(one.id)])
    if (call.matches(etag)) return { status: 304, etag, cacheTags }
    const needs = findNeeds(refs)
    const firstNeeds = needs.slice(0, MOST_LINKS)
    const [targets, dependents] = await Promise.all([
      readTargets(client, firstNeeds),
      readDependents(client, which, MOST_LINKS + 1),
    ])
    const allBy = await linksTo(client, which, dependents, { version, description })
    const neededBy = allBy.slice(0, MOST_LINKS)
    return {
      body: {
        kind: kind.id,
        id: params.id,
        version,
        needs: firstNeeds.map((need) => ({
          ...need,
          live: targets.get(nameOf(need))?.live ?? null,
          met: isMet(need, needs, targets),
        })),
        neededBy,
        breaks: await findBroken(client, neededBy),
        more: [needs, allBy, dependents].some(({ length }) => length > MOST_LINKS),
      },
      ...(env === undefined ? { etag } : {}),
      cacheTags,
    }
  },
})

/** The live definitions among those that need one, as far as they would lack something; each once. */
async function findBroken(
  client: SupabaseClient,
  neededBy: Awaited<ReturnType<typeof linksTo>>,
): Promise<string[]> {
  const unmet = neededBy.filter((link) => !link.met)
  // A definition that an operator disabled has a version, but readers do not get it.
  const heads = await readTargets(client, unmet)
  return [...new Set(unmet.map((one) => nameOf(one)))].filter((name) => heads.get(name)?.live)
}

/** The links from dependents to a definition, and whether each would be met if this revision of it were live. */
async function linksTo(
  client: SupabaseClient,
  { kind, id }: Which,
  dependents: Awaited<ReturnType<typeof readDependents>>,
  { version, description }: { version: number; description: Description },
) {
  const links = dependents.map(({ refs, ...from }) => ({ from, needs: findNeeds(refs) }))
  const self = nameOf({ kind: kind.id, id })
  // Another definition may offer what one of several has to offer.
  const others = links.flatMap(({ needs }) => needs.filter((need) => need.relation === 'demands'))
  const targets = await readTargets(
    client,
    others.filter((need) => nameOf(need) !== self),
  )
  const live = { version, declaredVersion: description.version ?? null }
  targets.set(self, { live: description.status === 'disabled' ? null : live, description })
  return links.flatMap(({ from, needs }) =>
    needs
      .filter((need) => nameOf(need) === self)
      .map((need) => ({ ...need, ...from, met: isMet(need, needs, targets) })),
  )
}
