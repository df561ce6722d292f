import type { SupabaseClient } from '@supabase/supabase-js'
import { nameOf } from '../../contract/name.ts'
import type { Registry } from '../../core/registry/registry.ts'
import { OWNER } from '../../edge/auth/principal.ts'
import { type Ask, fitting } from './ask.ts'
import { remoteFailure } from './remote-failure.ts'
import { INSTANCE_COLUMNS, instanceRow, storedInstance } from './rows.ts'

/** The port's calls for instances of templates: one SQL function has the whole effect. */
export function createInstances(
  client: SupabaseClient,
  label: string,
  ask: Ask,
  keyHolder: () => Promise<string> = async () => OWNER,
): Pick<Registry, 'instantiate' | 'instance' | 'findInstance'> {
  return {
    async instantiate(request) {
      const { data, error, status } = await client.rpc('registry_instantiate', { p_request: request })
      const what = `instantiate ${nameOf(request.source)}`
      if (!error) return fitting(label, what, storedInstance, data)
      throw remoteFailure(label, what, { ...error, status })
    },
    async instance(planId) {
      const query = client
        .from('template_instantiations')
        .select(INSTANCE_COLUMNS)
        .eq('plan_id', planId)
        .limit(1)
      const [row] = await ask(`read the plan "${planId}"`, instanceRow, query)
      if (!row) return undefined
      const { hash: _, ...instance } = row
      return instance
    },
    async findInstance(key, caller) {
      const principal = caller ?? (await keyHolder())
      const ofKey = client.from('template_instantiations').select(INSTANCE_COLUMNS).eq('idempotency_key', key)
      const query = ofKey.eq('principal', principal).limit(1)
      const [row] = await ask(`read what the key "${key}" made`, instanceRow, query)
      return row
    },
  }
}
