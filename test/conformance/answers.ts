import { expect } from 'vitest'
import type { Finding } from '../../src/contract/diagnostic.ts'
import type { Definition, Kind } from '../../src/contract/kind.ts'
import { CORE_RULES } from '../../src/contract/rules.ts'
import { rawManifest, type Sample, surroundings } from './definition.ts'

/** All answers of a kind about a definition, without any other definition. */
export function ask(kind: Kind, item: Definition, before?: Definition): Record<string, unknown> {
  return {
    check: kind.check(item, surroundings),
    prompts: kind.promptsOf?.(item) ?? [],
    files: kind.filesOf?.(item) ?? [],
    description: kind.describe(item),
    references: kind.references(item),
    demands: kind.demands?.(item),
    graph: kind.graph?.(item),
    risks: [kind.risks?.(before, item), kind.risks?.(undefined, item)],
  }
}

/** Whether a kind's schema accepts a sample, optionally with another manifest. */
export function hasShape(kind: Kind, sample: Sample, raw = rawManifest(kind, sample)): boolean {
  const { manifest } = kind.normalize?.(raw, kind.manifestFile) ?? { manifest: raw }
  return kind.schema.safeParse(manifest).success
}

/** Expects a finding of the catalogue, with its severity, a message and a hint. */
export function expectListed(kind: Kind, finding: Finding): void {
  const rule = { ...CORE_RULES, ...kind.rules }[finding.rule]
  expect(rule, `${finding.rule} is in no catalogue`).toBeDefined()
  expect(finding.severity, finding.rule).toBe(rule?.severity)
  expect(finding.message).not.toBe('')
  expect(finding.hint).not.toBe('')
}
