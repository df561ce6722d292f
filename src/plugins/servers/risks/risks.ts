import { lifecycleRisks } from '../../../contract/fields/lifecycle-risks.ts'
import type { Risk } from '../../../contract/kind.ts'
import { ownValuesOf, type ServerDefinition } from '../manifest/schema.ts'
import { packageRisks } from './packages.ts'
import { remoteRisks } from './remotes.ts'

/** What a reviewer should check first when a server changes from `before` (undefined for a new server) to `after`. */
export function serverRisks(before: ServerDefinition | undefined, after: ServerDefinition): Risk[] {
  return [
    ...packageRisks(before?.manifest.packages, after.manifest.packages),
    ...remoteRisks(before?.manifest.remotes, after.manifest.remotes),
    ...(before ? lifecycleRisks(ownValuesOf(before.manifest), ownValuesOf(after.manifest)) : []),
  ]
}
