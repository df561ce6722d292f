import { randomUUID } from 'node:crypto'
import type { Diagnostic } from '../../contract/diagnostic.ts'
import { isError } from '../../contract/diagnostic.ts'
import { sha256 } from '../../contract/digest.ts'
import type { Kind } from '../../contract/kind.ts'
import {
  FINDING_LENGTHS,
  MOST_FINDINGS,
  type ReportRequest,
  storableText,
} from '../../contract/protocol/reports.ts'
import type { Whereabouts } from '../tree/whereabouts.ts'
import type { Drafts } from './report-drafts.ts'

/** What a check was, and what it found. */
export interface ReportInput {
  origin: ReportRequest['origin']
  verdict: ReportRequest['verdict']
  actor: string
  where: Whereabouts
  kinds: readonly Kind[]
  /** Definitions that were looked at. */
  definitions: number
  diagnostics: readonly Diagnostic[]
  drafts: Drafts
}

/** Bytes of all findings in a report: with the manifests they fit into one call. */
const MOST_BYTES = 400_000

/**
 * Makes the report of a check. Everything is counted; of the findings the worst are kept, `MOST_FINDINGS` at most. The
 * same publish that is refused again for the same reasons has the same key.
 */
export function makeReport({ where, drafts, ...checked }: ReportInput): ReportRequest {
  const id = randomUUID()
  const { commit, pullRequest } = where
  const { diagnostics, definitions, origin, verdict } = checked
  const errors = diagnostics.filter(isError).length
  const findings = worst(diagnostics)
  const content = sha256(JSON.stringify([commit, checked.actor, errors, findings]))
  return {
    id,
    key: origin === 'publish' ? `refused-${content}` : `validate-${id}`,
    origin,
    verdict,
    message: `${errors} errors, ${diagnostics.length - errors} warnings in ${definitions} definitions`,
    actor: storableText(checked.actor, 255),
    commit,
    pullRequest,
    counts: { definitions, errors, warnings: diagnostics.length - errors },
    summary: drafts.summary,
    findings,
    manifests: drafts.manifests,
    singulars: Object.fromEntries(checked.kinds.map((kind) => [kind.id, kind.singular])),
  }
}

/** Errors before warnings, each in the order in which people read them; as many as fit. */
function worst(diagnostics: readonly Diagnostic[]): ReportRequest['findings'] {
  const { path, rule, message, hint, name, depth } = FINDING_LENGTHS
  const findings: ReportRequest['findings'] = []
  let left = MOST_BYTES
  for (const severity of ['error', 'warning'] as const)
    for (const one of diagnostics) {
      if (one.severity !== severity || findings.length === MOST_FINDINGS) continue
      const finding = {
        path: storableText(one.path, path),
        line: one.line,
        column: one.column,
        severity,
        rule: storableText(one.rule, rule),
        message: storableText(one.message, message),
        hint: storableText(one.hint, hint),
        kind: one.kind && storableText(one.kind, name),
        id: one.id && storableText(one.id, name),
        ...(one.pointer && one.pointer.length <= depth ? { pointer: one.pointer.map(part) } : {}),
      }
      left -= Buffer.byteLength(JSON.stringify(finding)) + 1
      if (left < 0) return findings
      findings.push(finding)
    }
  return findings
}

const part = (step: string | number) =>
  typeof step === 'string' ? storableText(step, FINDING_LENGTHS.name) : step
