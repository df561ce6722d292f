import type { Risk, Status } from '../../../core/kind.ts'
import type { AgentManifest } from '../schema.ts'

/** What readers of the registry see of each status. */
const VISIBLE: Readonly<Record<Status, boolean>> = {
  draft: false,
  active: true,
  deprecated: true,
  disabled: false,
}

/** Changes to whether an agent is there, who answers for it and what it was tested with. */
export function lifecycleRisks(before: AgentManifest, after: AgentManifest): Risk[] {
  const risks: Risk[] = []
  const [old, now] = [before.status ?? 'active', after.status ?? 'active']
  if (old !== now)
    risks.push({
      id: 'status-changed',
      level: VISIBLE[old] && !VISIBLE[now] ? 'high' : 'medium',
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
  const rate = [before.evals?.minPassRate ?? 0, after.evals?.minPassRate ?? 0] as const
  if (rate[1] < rate[0])
    risks.push({
      id: 'evals-loosened',
      level: 'medium',
      field: 'evals.minPassRate',
      message: `minPassRate ${rate[0]} → ${rate[1]}`,
    })
  return risks
}

function statusEffect(before: Status, after: Status): string {
  if (VISIBLE[before] === VISIBLE[after]) return ''
  return VISIBLE[after] ? ': readers will see it' : ': readers lose it'
}
