import * as z from 'zod'
import { fitting } from '../../../cloud/registry/ask.ts'
import { remoteFailure } from '../../../cloud/registry/remote-failure.ts'
import { revisionColumns } from '../../../cloud/registry/rows.ts'
import { definitionId } from '../../../cloud/registry/shapes.ts'
import type { ApiPorts } from '../../ports.ts'
import { LABEL } from '../../reads/read-revisions.ts'

const download = z.object({
  id: definitionId,
  description: z.unknown(),
  /** The path of its only file. */
  path: z.string().nullable(),
  /** The hash of that file or, where there are more, of the bundle. */
  sha256: revisionColumns.shape.digest,
})
/** What clients download of a live definition. */
export type Download = z.output<typeof download>

/** Every live definition of a kind that fits the filters, in one query that reads no content. */
export async function listDownloads(
  { service }: ApiPorts,
  kind: string,
  filters: { owner?: string | undefined; tag?: string | undefined },
): Promise<Download[]> {
  const what = `list the live ${kind}`
  const { data, error, status } = await service.rpc('registry_downloads', { p_query: { ...filters, kind } })
  if (error) throw remoteFailure(LABEL, what, { ...error, status })
  return fitting(LABEL, what, z.array(download), data)
}
