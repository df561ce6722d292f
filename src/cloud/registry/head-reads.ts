import type { SupabaseClient } from '@supabase/supabase-js'
import type { Registry } from '../../core/registry/registry.ts'
import type { Ask } from './ask.ts'
import { HEAD_COLUMNS, headDocument, headRow, splitRefs } from './rows.ts'

/** The port's reads of heads. */
export function createHeadReads(client: SupabaseClient, ask: Ask): Pick<Registry, 'heads' | 'head'> {
  return {
    // One document, because publishes between two pages would make
    // the list inconsistent; SQL uses the port's field names.
    async heads(kind) {
      const query = client.rpc('registry_heads_json', { p_kind: kind })
      const heads = await ask(`read the heads of ${kind}`, headDocument, query)
      return heads.map((head) => Object.assign(head, splitRefs(head.references)))
    },
    async head(kind, id) {
      const query = client.from('registry_heads').select(HEAD_COLUMNS).eq('kind', kind).eq('id', id).limit(1)
      const [head] = await ask(`read the head of ${kind}/${id}`, headRow, query)
      return head
    },
  }
}
