import type { Diagnostic, RuleCatalogue } from '../../contract/diagnostic.ts'
import { sha256 } from '../../contract/digest.ts'
import { HOME_URL } from '../../contract/manifest/json-schema.ts'
import { CORE_RULES } from '../../contract/rules.ts'
import { inertJson } from '../printable.ts'
import type { Format } from './format.ts'
import { fromTop } from './place.ts'

const SCHEMA = 'https://json.schemastore.org/sarif-2.1.0.json'

/** SARIF 2.1.0 (OASIS) for code-scanning services. It lists only the rules that were broken. */
export const formatSarif: Format = (findings, { rules: kindRules, version, inRepository = '' }) => {
  const diagnostics = fromTop(findings, inRepository)
  const catalogue: RuleCatalogue = { ...CORE_RULES, ...kindRules }
  const ids = [...new Set(diagnostics.map((diagnostic) => diagnostic.rule))].sort()
  const counts = new Map<string, number>()
  const run = {
    tool: {
      driver: {
        name: 'nofx',
        version,
        informationUri: HOME_URL,
        rules: ids.map((id) => rule(id, catalogue, findHint(id, diagnostics))),
      },
    },
    columnKind: 'utf16CodeUnits',
    results: diagnostics.map((diagnostic) => result(diagnostic, ids, counts)),
  }
  return inertJson(JSON.stringify({ $schema: SCHEMA, version: '2.1.0', runs: [run] }, null, 2))
}

/** A rule with every text that code scanning of GitHub shows: it leaves out rules that lack one. */
function rule(id: string, catalogue: RuleCatalogue, hint: string) {
  const described = catalogue[id]
  const summary = described?.summary ?? id
  const help = hint ? `${summary}\n\nWhat to do, in the first place found: ${hint}` : summary
  const about = described ? `\n\ndocs/troubleshooting.md lists all rules.` : ''
  return {
    id,
    shortDescription: { text: summary },
    fullDescription: { text: summary },
    help: { text: `${help}${about}`, markdown: `${help}${about}` },
    defaultConfiguration: { level: described?.severity ?? 'error' },
    properties: { tags: ['nofx'], 'problem.severity': described?.severity ?? 'error' },
  }
}

function findHint(id: string, diagnostics: readonly Diagnostic[]): string {
  return diagnostics.find((diagnostic) => diagnostic.rule === id)?.hint ?? ''
}

function result(diagnostic: Diagnostic, ids: readonly string[], counts: Map<string, number>) {
  const { path, line, column, severity, rule: ruleId, message, hint } = diagnostic
  return {
    ruleId,
    ruleIndex: ids.indexOf(ruleId),
    level: severity,
    message: { text: hint ? `${message}\nhint: ${hint}` : message },
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: encodeUri(path) },
          region: { startLine: line, startColumn: column },
        },
      },
    ],
    partialFingerprints: { 'nofx/v1': fingerprint(diagnostic, counts) },
  }
}

/**
 * A fingerprint that stays the same when lines move: made of rule, path, pointer and message, and numbered if that is
 * not unique.
 */
function fingerprint({ rule, path, pointer, message }: Diagnostic, counts: Map<string, number>): string {
  const hash = sha256(JSON.stringify([rule, path, pointer ?? null, message])).slice(0, 32)
  const count = counts.get(hash) ?? 0
  counts.set(hash, count + 1)
  return `${hash}:${count}`
}

/** A relative URI reference: no part of a path can be read as a scheme, a query or a fragment. */
function encodeUri(path: string): string {
  return path
    .split('/')
    .map((part) => encodeURIComponent(wellFormed(part)))
    .join('/')
}

/** `encodeURIComponent` throws on a lone surrogate. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udfff]/gu, '\ufffd')
}
