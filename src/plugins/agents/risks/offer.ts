import { isSame, shownList } from '../../../contract/fields/compare.ts'
import { splitReference } from '../../../contract/fields/definition-reference.ts'
import type { Risk } from '../../../contract/kind.ts'
import type { AgentDefinition, CheckedAgentManifest, Prompt } from '../manifest/schema.ts'
import { declaredVariables, promptPath } from '../rules/prompts.ts'

/** Changes to what callers rely on: skills, prompts and their variables, shapes of input and output, the model. */
export function offerRisks(before: AgentDefinition, after: AgentDefinition): Risk[] {
  const [old, now] = [before.manifest, after.manifest]
  return [
    ...skillRisks(old, now),
    ...promptRisks(old, now),
    ...schemaRisks(old, now),
    ...modelRisks(old, now),
    ...dependencyRisks(old, now),
  ]
}

function skillRisks(before: CheckedAgentManifest, after: CheckedAgentManifest): Risk[] {
  const skillIds = new Set((after.skills ?? []).map(({ id }) => id))
  return (before.skills ?? [])
    .filter(({ id }) => !skillIds.has(id))
    .map(({ id }) => ({
      id: 'skill-removed',
      level: 'high',
      field: 'skills',
      message: `the skill ${id} is removed`,
    }))
}

function promptRisks(before: CheckedAgentManifest, after: CheckedAgentManifest): Risk[] {
  return Object.entries(before.prompts ?? {}).flatMap(([id, prompt]): Risk[] => {
    const now = after.prompts?.[id]
    const field = `prompts.${id}`
    if (now === undefined)
      return [
        {
          id: 'prompt-removed',
          level: 'medium',
          field,
          message: `the prompt ${id} (${promptPath(prompt)}) is removed`,
        },
      ]
    return variableRisks(field, prompt, now)
  })
}

function variableRisks(field: string, before: Prompt, after: Prompt): Risk[] {
  const [old, now] = [declaredVariables(before), declaredVariables(after)]
  const removedNames = old.filter((name) => !now.includes(name))
  const fresh = now.filter((name) => !old.includes(name))
  const risk = (id: string, message: string): Risk => ({
    id,
    level: 'medium',
    field: `${field}.variables`,
    message,
  })
  return [
    ...(removedNames.length > 0
      ? [risk('prompt-variable-removed', `${field} no longer reads ${shownList(removedNames)}`)]
      : []),
    ...(fresh.length > 0 ? [risk('prompt-variable-added', `${field} now reads ${shownList(fresh)}`)] : []),
  ]
}

function schemaRisks(before: CheckedAgentManifest, after: CheckedAgentManifest): Risk[] {
  return (['inputSchema', 'outputSchema'] as const)
    .filter((field) => !isSame(before[field], after[field]))
    .map((field) => ({
      id: 'schema-changed',
      level: 'medium',
      field,
      message: `${field} is different: callers may break`,
    }))
}

function modelRisks(before: CheckedAgentManifest, after: CheckedAgentManifest): Risk[] {
  const [old, now] = [renderModel(before), renderModel(after)]
  if (old !== now)
    return [{ id: 'model-changed', level: 'medium', field: 'model', message: `model ${old} → ${now}` }]
  if (isSame(before.model?.params, after.model?.params)) return []
  return [
    {
      id: 'model-params-changed',
      level: 'low',
      field: 'model.params',
      message: 'parameters of the model differ',
    },
  ]
}

function renderModel({ model }: CheckedAgentManifest): string {
  if (model === undefined) return '(none)'
  return model.provider === undefined ? model.name : `${model.provider}/${model.name}`
}

function dependencyRisks(before: CheckedAgentManifest, after: CheckedAgentManifest): Risk[] {
  const added = (field: 'agents' | 'skills') => {
    const ids = ({ dependencies }: CheckedAgentManifest) =>
      (dependencies?.[field] ?? []).map((one) => splitReference(one).id)
    return ids(after).filter((id) => !ids(before).includes(id))
  }
  const packages = (after.dependencies?.packages ?? []).filter(
    (name) => !before.dependencies?.packages?.includes(name),
  )
  const risk = (field: string, level: Risk['level'], names: string[]): Risk[] =>
    names.length === 0
      ? []
      : [
          {
            id: 'dependency-added',
            level,
            field: `dependencies.${field}`,
            message: `now depends on ${shownList(names)}`,
          },
        ]
  return [
    ...risk('agents', 'low', added('agents')),
    ...risk('skills', 'medium', added('skills')),
    ...risk('packages', 'medium', packages),
  ]
}
