import { isError } from '../../contract/diagnostic.ts'
import { Failure } from '../../contract/failure.ts'
import type { Validated } from '../../core/validate/validate.ts'
import { count } from './table.ts'

/** Whether a tree has errors, or warnings with `strict`. */
export function isRefused({ diagnostics }: Validated, { strict }: { strict: boolean }): boolean {
  return diagnostics.some(({ severity }) => strict || isError({ severity }))
}

/** The counts in one line. */
export function renderSummary(validated: Validated): string {
  const { definitions, errors, warnings } = sumUp(validated)
  return `${count(definitions, 'definition')} checked: ${count(errors, 'error')}, ${count(warnings, 'warning')}`
}

/** The failure of a tree that is refused. */
export function refusal(validated: Validated): Failure {
  return new Failure('FINDINGS', renderSummary(validated), 'fix the findings above')
}

/** The counts. */
export function sumUp({ diagnostics, checked }: Validated) {
  const errors = diagnostics.filter(isError).length
  return { definitions: checked, errors, warnings: diagnostics.length - errors }
}
