import type { Row } from '../../harness/database.ts'
import { digestFor, fresh, type RegistryUnderTest, type Wanted } from './registry-under-test.ts'

/** A live definition in the form that a plan names it. */
export const lockOf = (registry: RegistryUnderTest, wanted: Wanted, version = 1): Row => ({
  kind: registry.kind,
  id: wanted.id,
  version,
  digest: digestFor(wanted),
})

export const AGENT: Wanted = { id: 'worker' }
export const PLAN: Wanted = { id: 'plan' }

/** A request for a plan of `PLAN` that uses `AGENT`, both as first published. */
export const request = (registry: RegistryUnderTest, more: Row = {}): Row => ({
  key: fresh('plan-key'),
  hash: 'a'.repeat(64),
  actor: 'ann',
  source: lockOf(registry, PLAN),
  locks: [lockOf(registry, AGENT)],
  document: { steps: [{ id: 'a', prompt: 'Do {{it}}.' }] },
  ...more,
})

/** The answer of `registry_instantiate`. */
export interface Answer extends Row {
  planId: string
  replayed: boolean
  createdAt: string
}

export const instantiate = (registry: RegistryUnderTest, wanted: Row): Promise<Answer> =>
  registry.call<Answer>('registry_instantiate', wanted)
