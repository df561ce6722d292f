import type { InstanceDocument, InstanceStep } from './document.ts'

/** An instance's steps, outputs and rollbacks for people: one line each, in the order of the plan. */
export function presentDocument({ steps, expectedOutputs, rollback, secrets }: InstanceDocument): string {
  const widths = [
    Math.max(...steps.map(({ id }) => id.length)),
    Math.max(...steps.map(({ agentId }) => agentId.length)),
  ]
  const lines = ['Steps']
  for (const [index, step] of steps.entries())
    lines.push(
      [
        `  ${String(index + 1).padStart(2)}. ${step.id.padEnd(widths[0] ?? 0)}`,
        step.agentId.padEnd(widths[1] ?? 0),
        notesOn(step).join(', '),
      ]
        .join('  ')
        .trimEnd(),
    )
  lines.push(
    'Outputs',
    ...expectedOutputs.map(
      (one) => `  ${one.id}  ${one.type} of ${one.fromStep}${one.required ? '' : ' (optional)'}`,
    ),
  )
  if (rollback.length > 0)
    lines.push('Rollback, last step first', ...rollback.map((one) => `  ${one.step}  ${one.agentId}`))
  if (secrets.length > 0) lines.push(`The worker needs the secrets: ${secrets.join(', ')}`)
  return lines.join('\n')
}

function notesOn(step: InstanceStep): string[] {
  const notes: string[] = []
  if (step.dependsOn.length > 0) notes.push(`after ${step.dependsOn.join(' and ')}`)
  if (step.when === false) notes.push('skipped: its condition is not met')
  else if (typeof step.when === 'object') notes.push('has a condition')
  if (step.approval === 'manual') notes.push('waits for approval')
  if (step.sideEffects !== 'none') notes.push(step.sideEffects)
  return notes
}
