import type { SupabaseClient } from '@supabase/supabase-js'
import * as z from 'zod'
import type { Registry } from '../../core/registry/registry.ts'
import { identityEntry, looseFields } from '../../edge/auth/identity-policy.ts'
import type { Ask } from './ask.ts'

const policyRow = z.object({ kind: z.string().max(64), identities: z.unknown() })

/** The port's read of the CI jobs that may publish; only the secret key and publishers see them. */
export function createIdentityReads(client: SupabaseClient, ask: Ask): Pick<Registry, 'identities'> {
  return {
    async identities() {
      const query = client.from('registry_policies').select('kind,identities').order('kind')
      const rows = await ask('read the identities of CI jobs', policyRow, query)
      return rows.flatMap(({ kind, identities }) =>
        (Array.isArray(identities) ? identities : []).map((entry: unknown, index) => {
          const known = identityEntry(entry)
          return known
            ? { kind, index, repository: known.repository, missing: looseFields(known) }
            : { kind, index }
        }),
      )
    },
  }
}
