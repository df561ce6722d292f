import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { fitting } from '../../cloud/registry/ask.ts'
import { remoteFailure } from '../../cloud/registry/remote-failure.ts'
import {
  definitionId,
  description,
  digest,
  instant,
  seq,
  text,
  version,
} from '../../cloud/registry/shapes.ts'
import { LABEL } from './read-revisions.ts'

/** The arguments of the SQL function `registry_list_editions`. */
export interface EditionQuery {
  id?: string
  /** Exactly this declared version. */
  declared?: string
  /** Only the edition that is live. */
  latest?: boolean
  search?: string
  /** Only editions that changed since, milliseconds since 1970. */
  since?: number
  /** Also editions that are not available any more. */
  deleted?: boolean
  after?: string
  afterPlace?: number
  limit: number
}

const edition = z.object({
  id: definitionId,
  /** The number of the first revision with this declared version; an edition keeps it. */
  place: version,
  declared: text(255),
  version,
  digest,
  status: z.enum(['active', 'deprecated', 'deleted']),
  latest: z.boolean(),
  metadata: description,
  /** Null for an edition that is deleted. */
  manifest: z.record(z.string(), z.unknown()).nullable(),
  publishedAt: instant,
  changedAt: instant,
})

const editionList = z.object({ seq, more: z.boolean(), items: z.array(edition) })

export type Edition = z.output<typeof edition>

/** One page of the editions of a kind, as everyone may see them: the function needs the service, and shows no drafts. */
export async function readEditions(
  service: SupabaseClient,
  kind: string,
  query: EditionQuery,
): Promise<z.output<typeof editionList>> {
  const what = `list the versions of ${kind}`
  const { data, error, status } = await service.rpc('registry_list_editions', {
    p_kind: kind,
    p_query: query,
  })
  if (error) throw remoteFailure(LABEL, what, { ...error, status })
  return fitting(LABEL, what, editionList, data)
}
