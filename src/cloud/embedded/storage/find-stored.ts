import * as z from 'zod'
import type { BundleRef } from '../../../core/registry/revision.ts'
import type { ObjectPlace } from './store-objects.ts'

/** The paths of the bundles that need no upload: see the SQL function `registry_stored_bundles`. */
export type FindStored = (bundles: readonly BundleRef[]) => Promise<Set<string>>

const FIND = 'select public.registry_stored_bundles($1::jsonb) as paths'

const pathsShape = z.tuple([z.object({ paths: z.array(z.string()) })])

/** Asks with one statement. lite asks with thirteen. */
export function createFindStored({ ask }: Pick<ObjectPlace, 'ask'>): FindStored {
  return async (bundles) => {
    const { rows } = await ask(FIND, [JSON.stringify(bundles)])
    return new Set(pathsShape.parse(rows)[0].paths)
  }
}
