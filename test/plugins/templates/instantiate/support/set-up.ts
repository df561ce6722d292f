import { checkDefinition } from '../../../../../src/contract/check/check.ts'
import type { Finding } from '../../../../../src/contract/diagnostic.ts'
import type { Definition, JsonObject, Surroundings } from '../../../../../src/contract/kind.ts'
import { ALONE } from '../../../../../src/contract/kind.ts'
import {
  type InstanceDocument,
  instantiateTemplate,
} from '../../../../../src/plugins/templates/instantiate/instantiate.ts'
import { templates } from '../../../../../src/plugins/templates/kind.ts'
import type { TemplateDefinition } from '../../../../../src/plugins/templates/manifest/schema.ts'

/** A template of one step without findings, with other fields. */
export function manifestOf(changes: JsonObject = {}): JsonObject {
  return {
    templateId: 'triage',
    name: 'Triage',
    description: 'Sorts issues.',
    owner: '@platform',
    category: 'support',
    defaultPlan: { steps: [{ id: 'sort', agentId: 'triager' }] },
    expectedOutputs: [{ id: 'label', type: 'text', fromStep: 'sort' }],
    rollbackAdvice: 'Nothing to undo.',
    supportedAgents: ['triager'],
    resourceProfile: 'large',
    ...changes,
  }
}

/** A template in the form that the kind's functions get. Throws if a rule reports an error. */
export function definitionOf(changes: JsonObject, texts: Record<string, string> = {}): TemplateDefinition {
  const manifest = JSON.stringify(manifestOf(changes))
  const files = Object.entries({ 'template.json': manifest, ...texts })
    .map(([path, text]) => ({ path, size: Buffer.byteLength(text), text }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const checked = checkDefinition({ kind: 'templates', id: 'triage', files, findings: [] }, templates, ALONE)
  const errors = checked.findings.filter(({ severity }) => severity === 'error')
  if (errors.length > 0 || !checked.definition) throw new Error(linesOf(errors).join('\n'))
  return checked.definition as Definition as TemplateDefinition
}

/** A template with these parameters and steps; a step needs only its id. */
export function templateOf(
  properties: JsonObject,
  steps: JsonObject[],
  more: JsonObject = {},
): TemplateDefinition {
  return definitionOf({
    parameters: { type: 'object', properties },
    defaultPlan: { steps: steps.map((step) => ('skill' in step ? step : { agentId: 'triager', ...step })) },
    ...(steps.some(({ id }) => id === 'sort')
      ? {}
      : { expectedOutputs: [{ id: 'result', type: 'text', fromStep: steps[0]?.id }] }),
    ...more,
  })
}

/** The document made of a template. Throws if the parameters have findings. */
export function documentOf(
  item: TemplateDefinition,
  parameters: JsonObject = {},
  surroundings: Surroundings = ALONE,
): InstanceDocument {
  const { instance, findings } = instantiateTemplate(item, parameters, surroundings)
  if (!instance) throw new Error(linesOf(findings).join('\n'))
  return instance.document as InstanceDocument
}

/** The prompt or the inputs of the first step, for a template with this text or these inputs. */
export function stepOf(properties: JsonObject, step: JsonObject, parameters: JsonObject) {
  const [first] = documentOf(templateOf(properties, [{ id: 'sort', ...step }]), parameters).steps
  return first!
}

/** Findings as `rule pointer: message | hint`. */
export function linesOf(findings: readonly Finding[]): string[] {
  return findings.map(
    ({ rule, pointer = [], message, hint }) => `${rule} ${pointer.join('.')}: ${message} | ${hint}`,
  )
}
