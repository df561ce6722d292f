import * as z from 'zod'
import { type RemoteError, remoteFailure } from '../../cloud/registry/remote-failure.ts'
import { Failure } from '../../contract/failure.ts'
import { definitionPath, versionText } from '../http/parameters.ts'
import type { ApiPorts } from '../ports.ts'
import { requireHead } from '../reads/read-heads.ts'
import { LABEL, requireRevision } from '../reads/read-revisions.ts'
import { type Call, defineRoute } from '../route.ts'

const query = z.strictObject({
  version: versionText.optional().describe('This version instead of the live one.'),
})

/** How long a signed URL is valid, seconds: it is followed at once. */
const VALID_FOR = 60

/** `GET /api/:kind/:id/bundle`: redirects to the archive of one version. */
export const redirectToBundle = defineRoute({
  method: 'GET',
  path: '/api/:kind/:id/bundle',
  name: 'redirectToBundle',
  summary: 'Get the archive (tar.gz) of one version, assets included.',
  access: 'public',
  params: definitionPath,
  query,
  responses: {
    200: {
      description: 'The archive, for a client that follows the redirect: a gzipped tar of the files.',
      type: 'application/gzip',
    },
    302: { description: 'Redirects to a signed URL that is valid for one minute.' },
    404: { description: 'The version does not exist or is not public.' },
    410: { description: 'The content was withdrawn and deleted.' },
  },
  handle: async (call: Call<z.infer<typeof definitionPath>, z.infer<typeof query>>) => {
    const { kind, client, ports } = call
    const which = { kind, id: call.params.id }
    const version = call.query.version ?? (await requireHead(client, which)).version ?? undefined
    // Readers cannot access storage: a URL is signed only for a revision that this caller may see.
    const row = await requireRevision({ client, inner: false }, which, version)
    return { status: 302, headers: { location: await signedUrl(ports, row.path) } }
  },
})

async function signedUrl({ service }: ApiPorts, path: string): Promise<string> {
  const { data, error } = await service.storage.from('registry').createSignedUrl(path, VALID_FOR)
  if (data) return data.signedUrl
  if (isMissing(error))
    throw new Failure(
      'NOT_FOUND',
      'the bundle is missing from storage',
      'as a publisher, run: nofx registry verify --repair',
    )
  throw remoteFailure(LABEL, `sign ${path}`, error)
}

function isMissing(error: RemoteError): boolean {
  return error.status === 404 || String(error.statusCode) === '404'
}
