import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import { definitionId, description, state } from '../../cloud/registry/shapes.ts'
import type { Description } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import { describedAs } from '../../core/registry/operator-switch.ts'
import { ask } from './read-revisions.ts'

/** Ids in one query, so that its URL stays short. */
const AT_ONCE = 50

const row = z.object({ id: definitionId, state, metadata: description })

/** Descriptions of these definitions, by `<kind>/<id>`: those that `client` may see, without removed ones. */
export async function readDescriptions(
  client: SupabaseClient,
  names: readonly { kind: string; id: string }[],
): Promise<Map<string, Description>> {
  const descriptions = new Map<string, Description>()
  for (const kind of new Set(names.map((name) => name.kind))) {
    const ids = [...new Set(names.filter((name) => name.kind === kind).map(({ id }) => id))]
    for (let first = 0; first < ids.length; first += AT_ONCE) {
      const some = ids.slice(first, first + AT_ONCE)
      const heads = client.from('registry_heads').select('id,state,metadata').eq('kind', kind)
      const query = heads.in('id', some).neq('state', 'removed')
      for (const { id, state, metadata: description } of await ask(`look for ${kind}`, row, query))
        descriptions.set(
          nameOf({ kind, id }),
          state === 'draft'
            ? { ...description, status: 'draft' }
            : (describedAs({ state, description }) as typeof description),
        )
    }
  }
  return descriptions
}
