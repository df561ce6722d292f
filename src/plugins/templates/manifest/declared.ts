import { isObject } from '../../../contract/fields/older-layout.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import type { PlanView } from './plan-view.ts'
import type { TemplateManifest } from './schema.ts'

/** Names of the parameters that a template declares, in order. */
export function parameterNames({ parameters }: TemplateManifest): string[] {
  return isObject(parameters?.properties) ? Object.keys(parameters.properties) : []
}

/** Names of the parameters that are marked, on themselves or on anything inside of them, whatever else is wrong. */
export function secretsOf({ parameters }: TemplateManifest): Set<string> {
  const { properties } = parameters ?? {}
  if (!isObject(properties)) return new Set()
  return new Set(Object.keys(properties).filter((name) => holdsSecret(properties[name])))
}

/** True when a schema or anything inside of it is marked: then nothing of its value is kept. */
export function holdsSecret(schema: unknown): boolean {
  if (typeof schema !== 'object' || schema === null) return false
  const mark = (schema as JsonObject)['x-secret']
  if (mark !== undefined && mark !== false) return true
  return Object.values(schema).some(holdsSecret)
}

/** Whether placeholders can name an output of a step: one that it lists, or an expected output that comes from it. */
export function hasOutput(plan: PlanView, step: string, output: string): boolean {
  if (plan.byId.get(step)?.outputs?.includes(output)) return true
  const { expectedOutputs = [] } = plan.item.manifest
  return expectedOutputs.some(({ id, fromStep }) => id === output && fromStep === step)
}

/** All outputs of a step that placeholders can name. */
export function outputsOf(plan: PlanView, step: string): string[] {
  const { expectedOutputs = [] } = plan.item.manifest
  const expected = expectedOutputs.filter(({ fromStep }) => fromStep === step).map(({ id }) => id)
  return [...new Set([...(plan.byId.get(step)?.outputs ?? []), ...expected])]
}
