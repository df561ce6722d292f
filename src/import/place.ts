import type { Diagnostic, Finding } from '../contract/diagnostic.ts'

/** Gives a finding in a foreign text its line and column; `path` is the file as people see it. */
export function place(path: string, text: string, finding: Finding): Diagnostic {
  const before = text.slice(0, finding.offset ?? 0)
  const line = before.split('\n').length
  const column = before.length - before.lastIndexOf('\n')
  const { rule, severity, message, hint } = finding
  return { path, line, column, severity, rule, message, hint }
}
