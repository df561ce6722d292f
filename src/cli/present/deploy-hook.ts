import type { ChalkInstance } from 'chalk'
import { count } from './table.ts'

/** Whether the deploy hook was called after a promotion. A failure is a warning, since the promotion has happened. */
export function presentDeployHook(
  rung: { rung: boolean; tries: number; reason?: string },
  paint: ChalkInstance,
): string {
  if (rung.rung) return 'The deploy hook was called.'
  const tried = rung.tries > 1 ? ` (${count(rung.tries, 'try', 'tries')})` : ''
  const warning = `! the deploy hook was not called: ${rung.reason}${tried}; the promotion stands`
  return `${paint.yellow(warning)}\n  hint: deploy by hand, or see NOFX_DEPLOY_HOOK_URL`
}
