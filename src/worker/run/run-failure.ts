import { Failure } from '../../contract/failure.ts'
import { quoteWord } from '../../contract/text/quote-word.ts'
import type { RunSettings } from './run-folder.ts'
import type { RunReport } from './run-report.ts'

/** The command that starts a run of the same plan with the same settings. */
function startCommand(planId: string, { runner, secrets, mcpVariables, env }: RunSettings): string {
  const pairs = (flag: string, values: Record<string, string>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`])
  const words = [
    '--plan',
    planId,
    ...(env === undefined ? [] : ['--env', env]),
    '--runner',
    runner,
    ...pairs('--secret', secrets),
  ]
  return ['nofx worker run', ...[...words, ...pairs('--mcp-variable', mcpVariables)].map(quoteWord)].join(' ')
}

/** The failure of a run that ended otherwise than done or paused. */
export function runFailure({ id, planId, state, steps }: RunReport, settings: RunSettings): Failure {
  const again = `nofx worker run --resume ${id}`
  const detail = { runId: id, state }
  if (state === 'interrupted')
    return new Failure('INTERRUPTED', `run ${id} was interrupted`, `continue it: ${again}`, { detail })
  const failed = steps.filter((step) => step.state === 'failed').map(({ id }) => id)
  const undone = { 'rolled-back': ' and was rolled back', 'rollback-failed': ' and could not be rolled back' }
  const then = state === 'rolled-back' || state === 'rollback-failed' ? undone[state] : ''
  return new Failure(
    'RUN_FAILED',
    `run ${id} failed at ${failed.join(', ')}${then}`,
    `see the output of the steps above; --resume does not try failed steps again, so start a new run: ${startCommand(planId, settings)}`,
    { detail },
  )
}
