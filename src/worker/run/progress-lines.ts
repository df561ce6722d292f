import type { ExecuteOptions } from './execute.ts'
import type { RunInputs } from './run-inputs.ts'
import type { RunReport } from './run-report.ts'
import type { StepTask } from './schedule.ts'

/** Shows what happens in a run, one line for each event. */
export function createLines(inputs: RunInputs, say: (line: string) => void): ExecuteOptions['onEvent'] {
  const { steps, rollback } = inputs.document
  const who = ({ step, undo }: StepTask): string => {
    const work = undo ? rollback.find((one) => one.step === step) : steps.find(({ id }) => id === step)
    const agent = inputs.agents[work?.agentId ?? '']
    return agent ? `${agent.id} v${agent.version}` : 'an unknown agent'
  }
  return (event) => {
    switch (event.type) {
      case 'began':
        return say(
          `${taskName(event.task)}: started by ${who(event.task)}${event.attempt > 1 ? `, attempt ${event.attempt}` : ''}`,
        )
      case 'done':
        return say(`${taskName(event.task)}: done in ${renderDuration(event.ms)}`)
      case 'failed':
        return say(`${taskName(event.task)}: failed after ${renderDuration(event.ms)}: ${event.error}`)
      case 'cut':
        return say(`${taskName(event.task)}: interrupted, will be run again`)
      case 'skipped':
        return say(`${event.step}: skipped, its condition does not hold`)
      case 'approved':
        return say(`${event.step}: approved`)
      case 'remark':
        return say(`${taskName(event.task)}: ${event.text}`)
      case 'rested':
      case 'finished':
        return undefined
    }
  }
}

/** Describes a run in a few lines, with the command that continues a paused one. */
export function renderSummary({ id: runId, state, steps, rollback, unapproved }: RunReport): string {
  const counts = new Map<string, number>()
  for (const step of steps) counts.set(step.state, (counts.get(step.state) ?? 0) + 1)
  const counted = [...counts].map(([name, count]) => `${count} ${name}`).join(', ')
  const lines = [
    `Run ${runId} ${state}: ${counted}`,
    ...rollback.map((one) => `  undo ${one.id}: ${one.state}`),
  ]
  if (state === 'paused')
    lines.push(
      `  approve: nofx worker run --resume ${runId}${unapproved.map((id) => ` --approve ${id}`).join('')}`,
    )
  return lines.join('\n')
}

function taskName({ step, undo }: StepTask): string {
  return undo ? `undo ${step}` : step
}

function renderDuration(ms: number): string {
  return ms < 1000 ? `${ms} ms` : `${(ms / 1000).toFixed(1)} s`
}
