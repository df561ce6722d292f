import { isObject } from '../../../contract/is-object.ts'
import { holdsSecret } from '../../../contract/schemas/secret-mark.ts'
import type { PlanView } from './plan-view.ts'
import type { TemplateManifest } from './schema.ts'

/** Names of the parameters that a template declares, in order. */
export function parameterNames({ parameters }: TemplateManifest): string[] {
  return isObject(parameters?.properties) ? Object.keys(parameters.properties) : []
}

/**
 * Names of the parameters that are marked as secret, on the parameter or on anything inside it, even if the schema
 * has other faults.
 */
export function findSecrets({ parameters }: TemplateManifest): Set<string> {
  const { properties } = parameters ?? {}
  if (!isObject(properties)) return new Set()
  return new Set(Object.keys(properties).filter((name) => holdsSecret(properties[name])))
}

/**
 * Whether placeholders can name an output of a step: an output that the step lists, or an expected output that comes
 * from it.
 */
export function hasOutput(plan: PlanView, step: string, output: string): boolean {
  if (plan.byId.get(step)?.outputs?.includes(output)) return true
  const { expectedOutputs = [] } = plan.definition.manifest
  return expectedOutputs.some(({ id, fromStep }) => id === output && fromStep === step)
}

/** All outputs of a step that placeholders can name. */
export function listOutputs(plan: PlanView, step: string): string[] {
  const { expectedOutputs = [] } = plan.definition.manifest
  const expected = expectedOutputs.filter(({ fromStep }) => fromStep === step).map(({ id }) => id)
  return [...new Set([...(plan.byId.get(step)?.outputs ?? []), ...expected])]
}
