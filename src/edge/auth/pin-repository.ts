import * as z from 'zod'
import { call, type Rpc } from '../http/rpc.ts'
import type { Job, RepositoryIds } from './identity-policy.ts'

const idsShape = z.object({ repositoryId: z.string().optional(), ownerId: z.string().optional() })

/**
 * Reads the ids that a repository is known by, and stores those of its first token. Every call asks the database, so
 * that the deletion of a row takes effect at once.
 * @throws Refusal 500
 */
export function pinRepository(rpc: Rpc): (job: Job) => Promise<RepositoryIds> {
  return async ({ issuer, repository, repositoryId, ownerId }) =>
    idsShape.parse(
      await call(rpc, 'registry_pin_repository', {
        p_issuer: issuer,
        p_repository: repository,
        p_repository_id: repositoryId ?? null,
        p_owner_id: ownerId ?? null,
      }),
    )
}
