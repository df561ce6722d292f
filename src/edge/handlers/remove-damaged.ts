import { sha256 } from '../../contract/digest.ts'
import { LARGEST_UPLOAD } from '../gateway/gateway-routes.ts'
import { malformed } from '../http/refusal.ts'
import { call, type Rpc, rpcInPreview } from '../http/rpc.ts'
import type { Objects, StoredObject } from './hash-objects.ts'

/**
 * Removes stored bundles, so that the right ones can be uploaded in their place. A bundle that revisions refer to is
 * removed only when its bytes are not theirs: the function hashes them itself.
 * @throws Refusal 409 for a bundle that is whole, 413 for one that is too large to be hashed here
 */
export function removeDamagedWith(rpc: Rpc, objects: Objects) {
  return async (key: string, preview: string | undefined): Promise<Response> => {
    const inPlace = preview === undefined ? rpc : rpcInPreview(rpc, preview)
    const [there] = (await call(inPlace, 'registry_stored_objects', { p_paths: [key] })) as StoredObject[]
    if (there) {
      if (await isWhole(there, objects))
        throw malformed(409, 'hash', `${key} is whole`, 'leave it: revisions refer to it')
      await objects.remove([key])
    }
    return Response.json({ removed: there !== undefined })
  }
}

async function isWhole({ path, size, sha256: digest }: StoredObject, objects: Objects): Promise<boolean> {
  if (digest === null) return false
  if (size > LARGEST_UPLOAD)
    throw malformed(
      413,
      'hash',
      `${path} has ${size} bytes, too many to hash here`,
      'set SUPABASE_SECRET_KEY',
    )
  const bytes = await objects.read(path)
  return bytes !== undefined && sha256(bytes) === digest
}
