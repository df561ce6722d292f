import type { Diagnostic } from '../../contract/diagnostic.ts'
import type { Format } from './format.ts'
import { fromTop } from './place.ts'

/** Workflow commands that GitHub Actions turns into annotations. No value can start another command. */
export const formatGithub: Format = (diagnostics, { inRepository = '' }) =>
  fromTop(diagnostics, inRepository).map(command).join('\n')

function command({ path, line, column, severity, rule, message, hint }: Diagnostic): string {
  const properties = `file=${property(path)},line=${line},col=${column},title=${property(rule)}`
  return `::${severity} ${properties}::${data(`${message}\nhint: ${hint}`)}`
}

/** Escapes as `@actions/core` does: docs.github.com, "Workflow commands for GitHub Actions". */
function data(text: string): string {
  return clean(text).replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A')
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C')
}

/** The runner reads lines: every character that a reader could take for a line end or an escape is replaced. */
function clean(text: string): string {
  return text.replace(/[\u0000-\u0009\u000b\u000c\u000e-\u001f\u007f-\u009f\u2028\u2029]/g, '\ufffd')
}
