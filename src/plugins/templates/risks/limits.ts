import { type Resources, resolveResources } from '../../../contract/fields/resources.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { TemplateManifest } from '../manifest/schema.ts'

/** Limits of a run that grow. */
export function limitRisks(before: TemplateManifest, after: TemplateManifest): Risk[] {
  const old = resolveResources(before.resourceProfile)
  const now = resolveResources(after.resourceProfile)
  return (Object.keys(now) as (keyof Resources)[])
    .filter((limit) => now[limit] > old[limit])
    .map((limit) => ({
      id: 'limit-raised',
      level: raisedLevel(old[limit], now[limit]),
      field: `resourceProfile.${limit}`,
      message: `${limit} ${old[limit]} → ${now[limit]}`,
    }))
}

/** The level of the risk of a limit that grows. */
export function raisedLevel(before: number, after: number): Risk['level'] {
  return after >= before * 10 ? 'high' : after >= before * 2 ? 'medium' : 'low'
}
