import type { SupabaseClient } from '@supabase/supabase-js'
import type { Registry, StoredInstance } from '../core/registry.ts'
import { refusal } from '../core/sync.ts'
import { refusalOf } from '../edge/database-error.ts'
import { OWNER } from '../edge/principal.ts'
import type { Ask } from './ask.ts'
import { remoteFailure } from './remote-failure.ts'
import { type InstanceRow, toInstance } from './rows.ts'

/** The port's door to what was made of definitions: one SQL function is the whole effect. */
export function createInstances(
  client: SupabaseClient,
  label: string,
  ask: Ask,
): Pick<Registry, 'instantiate' | 'instance' | 'instanceOf'> {
  return {
    async instantiate(request) {
      const { data, error, status } = await client.rpc('registry_instantiate', { p_request: request })
      if (!error) return data as StoredInstance & { replayed: boolean }
      if (/^PT\d{3}$/.test(error.code)) throw refusal(refusalOf(error).error)
      throw remoteFailure(label, `instantiate ${request.source.kind}/${request.source.id}`, {
        ...error,
        status,
      })
    },
    async instance(planId) {
      const query = client.from('template_instantiations').select('*').eq('plan_id', planId).limit(1)
      const [row] = await ask<InstanceRow[]>(`read the plan "${planId}"`, query)
      return row && toInstance(row)
    },
    async instanceOf(key, principal = OWNER) {
      const ofKey = client.from('template_instantiations').select('*').eq('idempotency_key', key)
      const query = ofKey.eq('principal', principal).limit(1)
      const [row] = await ask<InstanceRow[]>(`read what the key "${key}" made`, query)
      return row && { ...toInstance(row), hash: row.request_hash }
    },
  }
}
