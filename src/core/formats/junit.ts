import type { Diagnostic } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import type { Format } from './format.ts'

/** JUnit XML for CI systems: a suite for each file, a failed case for each error, output for warnings. */
export const formatJunit: Format = (diagnostics) => {
  const byPath = new Map<string, Diagnostic[]>()
  for (const diagnostic of diagnostics)
    byPath.set(diagnostic.path, [...(byPath.get(diagnostic.path) ?? []), diagnostic])
  const suites = [...byPath].map(([path, findings]) => suite(path, findings))
  const sums = counts(diagnostics)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="nofx" ${sums}>`,
    ...suites,
    '</testsuites>',
  ].join('\n')
}

function suite(path: string, findings: readonly Diagnostic[]): string {
  const cases = findings.map((finding) => testCase(path, finding))
  return [`  <testsuite name="${escapeXml(path)}" ${counts(findings)}>`, ...cases, '  </testsuite>'].join(
    '\n',
  )
}

function counts(findings: readonly Diagnostic[]): string {
  const failures = findings.filter(isError).length
  return `tests="${findings.length}" failures="${failures}" errors="0"`
}

function testCase(path: string, { rule, line, column, severity, message, hint }: Diagnostic): string {
  const text = escapeXml(`${path}:${line}:${column} ${message}\nhint: ${hint}`)
  const body = isError({ severity })
    ? `<failure message="${escapeXml(message)}" type="${escapeXml(rule)}">${text}</failure>`
    : `<system-out>${text}</system-out>`
  const name = escapeXml(`${rule} ${line}:${column}`)
  return `    <testcase name="${name}" classname="${escapeXml(path)}">${body}</testcase>`
}

/**
 * XML 1.0 cannot contain control characters even as references, so they become U+FFFD. `##[` is broken up, because it
 * is a command in a job's log.
 */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"'\n\t\r]|(?<=##)\[/g, (char) => `&#${char.charCodeAt(0)};`)
}
