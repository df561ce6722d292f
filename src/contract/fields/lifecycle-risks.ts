import type { Risk, Status } from '../kind.ts'
import { isLiveState } from './is-live.ts'

/** The fields of a manifest that decide whether a definition is available, who owns it and what can run it. */
export interface Lifecycle {
  status?: Status | undefined
  owner?: string | undefined
  license?: string | undefined
  compatibility?: { worker?: string | undefined } | undefined
  deprecation?: { replacedBy?: string | undefined } | undefined
}

/** The risks of changes to a definition's availability, its owner and its compatibility. */
export function lifecycleRisks(before: Lifecycle, after: Lifecycle): Risk[] {
  const risks: Risk[] = []
  const [old, now] = [before.status ?? 'active', after.status ?? 'active']
  if (old !== now)
    risks.push({
      id: 'status-changed',
      level: isLost(old, now) ? 'high' : 'medium',
      field: 'status',
      message: `status ${old} → ${now}${statusEffect(old, now)}`,
    })
  for (const field of ['owner', 'license'] as const)
    if (before[field] !== after[field])
      risks.push({
        id: `${field}-changed`,
        level: 'medium',
        field,
        message: `${field} ${before[field] ?? '(none)'} → ${after[field] ?? '(none)'}`,
      })
  const worker = [before.compatibility?.worker, after.compatibility?.worker]
  if (worker[0] !== worker[1])
    risks.push({
      id: 'compatibility-changed',
      level: 'low',
      field: 'compatibility.worker',
      message: `runs on workers ${worker[0] ?? '*'} → ${worker[1] ?? '*'}`,
    })
  return risks
}

/** A draft is stored beside the live revision, so readers lose nothing. */
function isLost(before: Status, after: Status): boolean {
  return isLiveState(before) && !isLiveState(after) && after !== 'draft'
}

function statusEffect(before: Status, after: Status): string {
  if (isLiveState(before) === isLiveState(after)) return ''
  if (isLiveState(after)) return ': readers will see it'
  return isLost(before, after) ? ': readers lose it' : ': what is live stays live'
}
