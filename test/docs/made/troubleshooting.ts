import { FAILURES } from '../../../src/contract/failure.ts'
import { FAILURE_ADVICE } from '../advice/failures.ts'
import { HTTP_ADVICE } from '../advice/http.ts'
import { REGISTRY_ADVICE } from '../advice/registry-rules.ts'
import { table } from './table.ts'

/** A table of the codes that commands end with. Each has an anchor: its name in lower case. */
export function failureTable(): string {
  const codes = Object.entries(FAILURES) as [keyof typeof FAILURES, (typeof FAILURES)['BUG']][]
  const rows = codes.map(([code, { exit, meaning }]) => {
    const { cause, act } = FAILURE_ADVICE[code]
    return [`<a id="${code.toLowerCase()}"></a>\`${code}\``, String(exit), meaning, cause, act]
  })
  return table(['code', 'exit', 'meaning', 'cause', 'what to do'], rows)
}

/** A table of the codes that only the HTTP API has. */
export function httpTable(): string {
  return adviceTable('code', HTTP_ADVICE)
}

/** A table of the database's own rules. */
export function registryTable(): string {
  return adviceTable('rule', REGISTRY_ADVICE)
}

function adviceTable(name: string, advice: Record<string, { cause: string; act: string }>): string {
  const rows = Object.entries(advice).map(([code, { cause, act }]) => [`\`${code}\``, cause, act])
  return table([name, 'cause', 'what to do'], rows)
}
