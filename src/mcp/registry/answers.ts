import * as z from 'zod'
import { definition, listItem, revision } from '../../api/reads/shapes.ts'

/** What this server reads of the API's answers: newer deployments may add fields. */
export const listAnswer = z.object({
  items: z.array(
    z.object({
      ...listItem.pick({ kind: true, id: true, status: true, version: true, digest: true }).shape,
      ...listItem.pick({ name: true, summary: true, tags: true, skills: true, owner: true }).shape,
    }),
  ),
  nextCursor: z.string().nullable(),
})

export type ListedItem = z.infer<typeof listAnswer>['items'][number]

export const manifestsAnswer = z.object({
  items: z.array(
    z.object({
      ...listItem.pick({ id: true, name: true, summary: true, manifest: true }).shape,
    }),
  ),
  nextCursor: z.string().nullable(),
})

export const skillsAnswer = z.object({
  items: z.array(z.object({ ...listItem.pick({ id: true, manifest: true, files: true }).shape })),
  nextCursor: z.string().nullable(),
})

export const idsAnswer = z.object({ items: z.array(z.object({ id: z.string() })) })

export const versionsAnswer = z.object({ items: z.array(z.object({ version: z.int() })) })

const {
  kind,
  id,
  version,
  digest,
  status,
  metadata: description,
  manifest,
  texts,
  files,
  bundle,
} = revision.shape

/** One version of a definition; `live` is absent in answers about a version by number. */
export const definitionAnswer = z.object({
  kind,
  id,
  version,
  digest,
  status,
  metadata: description,
  manifest,
  texts,
  files,
  bundle,
  live: definition.shape.live.optional(),
})

export type McpDefinition = z.infer<typeof definitionAnswer>
