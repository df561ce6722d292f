import type { Risk } from '../../../contract/kind.ts'
import type { CheckedAgentManifest } from '../manifest/schema.ts'

/** Changes to an agent's evals. */
export function evalsRisks(before: CheckedAgentManifest, after: CheckedAgentManifest): Risk[] {
  const [old, now] = [before.evals?.minPassRate ?? 0, after.evals?.minPassRate ?? 0]
  if (now >= old) return []
  const message = `minPassRate ${old} → ${now}`
  return [{ id: 'evals-loosened', level: 'medium', field: 'evals.minPassRate', message }]
}
