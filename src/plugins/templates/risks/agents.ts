import { splitReference } from '../../../contract/fields/definition-reference.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { TemplateDefinition, TemplateManifest } from '../manifest/schema.ts'

/** Changes to the agents that the steps may use. */
export function agentRisks(before: TemplateDefinition | undefined, after: TemplateDefinition): Risk[] {
  const now = collectRanges(after.manifest)
  if (before === undefined) return []
  const old = collectRanges(before.manifest)
  const risk = (id: string, level: Risk['level'], message: string): Risk => ({
    id,
    level,
    field: 'supportedAgents',
    message,
  })
  const added = [...now.keys()].filter((id) => !old.has(id))
  const removed = [...old.keys()].filter((id) => !now.has(id))
  const moved = [...now].filter(([id, range]) => old.has(id) && old.get(id) !== range)
  return [
    ...added.map((id) => risk('agent-added', 'high', `the agent ${id} may take steps`)),
    ...removed.map((id) => risk('agent-removed', 'medium', `the agent ${id} no longer takes steps`)),
    ...moved.map(([id, range]) =>
      risk('agent-range-changed', 'medium', `${id}@${old.get(id)} → ${id}@${range}`),
    ),
    ...preferenceRisks(old, now, risk),
  ]
}

/** A skill goes to the first agent that provides it, so a changed order of the remaining agents matters. */
function preferenceRisks(
  old: ReadonlyMap<string, string>,
  now: ReadonlyMap<string, string>,
  risk: (id: string, level: Risk['level'], message: string) => Risk,
): Risk[] {
  const before = [...old.keys()].filter((id) => now.has(id))
  const after = [...now.keys()].filter((id) => old.has(id))
  if (before.every((id, index) => id === after[index])) return []
  return [risk('agent-order-changed', 'low', `agents are preferred in the order ${after.join(', ')}`)]
}

function collectRanges({ supportedAgents }: TemplateManifest): Map<string, string> {
  return new Map((supportedAgents ?? []).map(splitReference).map(({ id, range }) => [id, range ?? '*']))
}
