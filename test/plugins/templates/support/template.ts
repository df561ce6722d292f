import { checkDefinition } from '../../../../src/contract/check/check.ts'
import type { Finding } from '../../../../src/contract/diagnostic.ts'
import {
  ALONE,
  type Definition,
  type Description,
  type JsonObject,
  type Surroundings,
} from '../../../../src/contract/kind.ts'
import type { Source } from '../../../../src/contract/source.ts'
import { templates } from '../../../../src/plugins/templates/kind.ts'
import type { TemplateDefinition } from '../../../../src/plugins/templates/manifest/schema.ts'

/** A step without findings. */
export const step = (id: string, more: JsonObject = {}): JsonObject => ({
  id,
  agentId: 'worker',
  prompt: { text: `Do ${id}.` },
  ...more,
})

/** A manifest without findings: `a`, then `b` and `c` in parallel, then `d`. */
export const GOOD: JsonObject = {
  templateId: 'triage',
  name: 'Triage',
  description: 'Looks at an issue.',
  owner: '@platform',
  category: 'issues',
  parameters: {
    type: 'object',
    properties: { repo: { type: 'string' }, level: { type: 'string', default: 'low' } },
    required: ['repo'],
  },
  defaultPlan: {
    steps: [
      step('a', { prompt: { text: 'Read {{parameters.repo}}.' }, outputs: ['notes'] }),
      step('b', { dependsOn: ['a'], prompt: { text: 'Use {{steps.a.outputs.notes}}.' } }),
      step('c', { dependsOn: ['a'], when: '{{parameters.level}} == "high"' }),
      step('d', { dependsOn: ['b', 'c'] }),
    ],
  },
  expectedOutputs: [{ id: 'report', type: 'text', fromStep: 'd' }],
  rollbackAdvice: 'Nothing is changed.',
  supportedAgents: ['worker'],
}

/** The good manifest with other fields; `undefined` removes a field. */
export function manifest(changes: JsonObject = {}): JsonObject {
  const merged: JsonObject = { ...GOOD, ...changes }
  for (const field in merged) if (merged[field] === undefined) delete merged[field]
  return merged
}

/** The good manifest with the plan's step `id` changed. */
export function withStep(id: string, changes: JsonObject, others: JsonObject = {}): JsonObject {
  const { steps } = GOOD.defaultPlan as { steps: JsonObject[] }
  const changed = steps.map((one) => {
    const result: JsonObject = one.id === id ? { ...one, ...changes } : one
    return Object.fromEntries(Object.entries(result).filter(([, value]) => value !== undefined))
  })
  return manifest({ defaultPlan: { steps: changed }, ...others })
}

/** The source of a template's folder: its manifest, and other texts by path. */
export function sourceOf(raw: JsonObject | string, texts: Record<string, string> = {}): Source {
  const text = typeof raw === 'string' ? raw : JSON.stringify(raw, null, 2)
  const files = Object.entries({ 'template.json': text, ...texts }).map(([path, content]) => ({
    path,
    size: Buffer.byteLength(content),
    ...(path.startsWith('assets/') ? {} : { text: content }),
  }))
  return {
    kind: 'templates',
    id: 'triage',
    files: files.sort((a, b) => (a.path < b.path ? -1 : 1)),
    findings: [],
  }
}

/** A workspace that contains the given agents. */
export function surroundingsOf(known: Record<string, Partial<Description>>): Surroundings {
  return {
    find: (kind, id) =>
      kind === 'agents' && known[id]
        ? { name: id, summary: '', status: 'active', tags: [], provides: [], facts: {}, ...known[id] }
        : undefined,
  }
}

/** All findings on a template's folder, by the rules of the core and of the kind. */
export function findingsOn(
  raw: JsonObject | string,
  texts: Record<string, string> = {},
  surroundings: Surroundings = ALONE,
): Finding[] {
  return checkDefinition(sourceOf(raw, texts), templates, surroundings).findings
}

/** Findings as `rule place` lines, without the common start of all rules: `STEP_AGENT defaultPlan.steps.1`. */
export function lines(findings: readonly Finding[]): string[] {
  return findings.map(({ rule, file, pointer, offset }) => {
    const place = pointer ? pointer.join('.') : offset === undefined ? '' : `@${offset}`
    const shown = file === 'template.json' ? place : `${file}:${place}`
    return `${rule.replace('NOFX_', '')} ${shown}`.trimEnd()
  })
}

/** The findings on a folder, as lines. */
export function check(raw: JsonObject, texts: Record<string, string> = {}, surroundings = ALONE): string[] {
  return lines(findingsOn(raw, texts, surroundings))
}

/** The definition that the kind's own functions get. */
export function definitionOf(raw: JsonObject, texts: Record<string, string> = {}): TemplateDefinition {
  const checked = checkDefinition(sourceOf(raw, texts), templates, ALONE)
  if (!checked.definition) throw new Error(lines(checked.findings).join('\n'))
  return checked.definition as Definition as TemplateDefinition
}
