import { expect, it } from 'vitest'
import type { Diagnostic } from '../../../src/contract/diagnostic.ts'
import { MOST_FINDINGS, reportRequest } from '../../../src/contract/protocol/reports.ts'
import { MAX_BODY } from '../../../src/contract/source.ts'
import { makeReport } from '../../../src/core/validate/make-report.ts'
import { HOSTILE } from '../comment/support/samples.ts'

const check = (diagnostics: Diagnostic[], more: Partial<Parameters<typeof makeReport>[0]> = {}) =>
  makeReport({
    origin: 'validate',
    verdict: 'refused',
    actor: 'ann',
    where: { commit: { sha: 'c1', ref: 'main' } },
    kinds: [],
    definitions: 3,
    diagnostics,
    drafts: { summary: { added: 3 }, manifests: [] },
    ...more,
  })
const finding = (text: string, severity: 'error' | 'warning' = 'error'): Diagnostic => ({
  path: text,
  line: 1,
  column: 1,
  severity,
  rule: 'NOFX_X',
  message: text,
  hint: text,
  kind: text,
  id: text,
  pointer: [text, 0],
})
const size = (value: unknown) => Buffer.byteLength(JSON.stringify(value))

it('a report counts 10,000 findings, keeps the most severe, and fits into one call with the maximum of manifests', () => {
  const warnings = Array.from({ length: 9_500 }, (_, index) => finding(`warning ${index}`, 'warning'))
  const errors = Array.from({ length: 500 }, (_, index) => finding(`error ${index}`))
  const manifests = [
    { kind: 'agents', id: 'a', change: 'added', file: 'agent.json', text: 'x'.repeat(499_000) },
  ]
  const drafts = { summary: {}, manifests: manifests as never }
  for (const diagnostics of [
    [...warnings, ...errors],
    [...warnings, ...errors].map((one) => ({
      ...one,
      message: '\u0001'.repeat(3_000),
      path: 'ü'.repeat(3_000),
    })),
  ]) {
    const report = check(diagnostics, { drafts })
    expect(report.counts).toEqual({ definitions: 3, errors: 500, warnings: 9_500 })
    expect(report.findings.length).toBeLessThanOrEqual(MOST_FINDINGS)
    expect(report.findings.slice(0, 50).every(({ severity }) => severity === 'error')).toBe(true)
    expect(size(report)).toBeLessThan(MAX_BODY)
    expect(reportRequest.parse(report)).toEqual(report)
  }
  expect(check([...warnings, ...errors]).findings).toHaveLength(MOST_FINDINGS)
})

it('a report contains nothing that the database cannot store', () => {
  const report = check(
    HOSTILE.map((text) => finding(text)),
    { actor: '\0\ud800'.repeat(300) },
  )
  expect(reportRequest.safeParse(report).error).toBeUndefined()
})

it('a publish that is refused again for the same reasons has the same key, a validation never does', () => {
  const key = (...args: Parameters<typeof check>) => check(...args).key
  const publish = { origin: 'publish' } as const
  const same = [finding('a')]
  expect(key(same, publish)).toBe(key(same, publish))
  expect(key(same, publish)).not.toBe(key([finding('b')], publish))
  expect(key(same, publish)).not.toBe(key(same, { ...publish, where: { commit: { sha: 'c2' } } }))
  expect(key(same)).not.toBe(key(same))
})
