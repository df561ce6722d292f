import { isSame } from '../../../contract/fields/compare.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject, Risk } from '../../../contract/kind.ts'
import type { CheckedAgentManifest } from '../manifest/schema.ts'

/** What an import kept that lets an agent do more in its own program than its permissions say, and why. */
const EFFECTS: Readonly<Record<string, (value: unknown) => string | undefined>> = {
  hooks: () => 'hooks run commands',
  permissionMode: (value) =>
    value === 'bypassPermissions' || value === 'acceptEdits' ? `"${value}" never asks` : undefined,
  sandbox_mode: (value) => (value === 'danger-full-access' ? `"${value}" limits nothing` : undefined),
  approval_policy: (value) => (value === 'never' ? `"${value}" never asks` : undefined),
}

/** Such values that are new or differ. An export gives them back to the program with `--allow-effects`. */
export function keptRisks(before: CheckedAgentManifest | undefined, after: CheckedAgentManifest): Risk[] {
  const [old, now] = [before ? keptIn(before) : {}, keptIn(after)]
  return Object.entries(EFFECTS).flatMap(([name, describe]): Risk[] => {
    const value = now[name]
    const effect = value === undefined || isSame(old[name], value) ? undefined : describe(value)
    if (effect === undefined) return []
    const message = `${name} of the source is kept: ${effect} after an export with --allow-effects`
    return [{ id: 'kept-effect', level: 'high', field: `metadata.import.kept.${name}`, message }]
  })
}

function keptIn(manifest: CheckedAgentManifest): JsonObject {
  const record = manifest.metadata?.import
  return isObject(record) && isObject(record.kept) ? record.kept : {}
}
