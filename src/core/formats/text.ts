import type { Diagnostic } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { oneLinePrintable } from '../printable.ts'
import type { Format, Palette } from './format.ts'
import { renderPlace } from './place.ts'
import { findingsOnScreen } from './text-on-screen.ts'

/**
 * For people: on a screen several lines for each finding, elsewhere `path:line:column severity RULE message`, with the
 * hint on its own line.
 */
export const formatText: Format = (diagnostics, { paint, screen }) =>
  screen
    ? findingsOnScreen(diagnostics, screen, paint)
    : diagnostics.map((diagnostic) => lines(diagnostic, paint)).join('\n')

function lines(diagnostic: Diagnostic, paint: Palette): string {
  const { severity, rule, message, hint } = diagnostic
  const level = isError({ severity }) ? paint.red(severity) : paint.yellow(severity)
  const first = `${paint.bold(renderPlace(diagnostic))} ${level} ${paint.dim(oneLinePrintable(rule))} ${oneLinePrintable(message)}`
  return hint ? `${first}\n  ${paint.cyan('hint:')} ${oneLinePrintable(hint)}` : first
}
