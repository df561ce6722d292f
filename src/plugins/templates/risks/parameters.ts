import { isSame, shownList } from '../../../contract/fields/compare.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject, Risk } from '../../../contract/kind.ts'
import { findSecrets, parameterNames } from '../manifest/declared.ts'
import type { TemplateManifest } from '../manifest/schema.ts'

const NONE: JsonObject = {}

/** Changes to the parameters that callers give. Values of defaults are never shown. */
export function parameterRisks(before: TemplateManifest | undefined, after: TemplateManifest): Risk[] {
  const risks: Risk[] = []
  const add = (id: string, level: Risk['level'], names: readonly string[], message: string) => {
    if (names.length > 0)
      risks.push({ id, level, field: 'parameters', message: `${message} ${shownList(names)}` })
  }
  const secrets = [...findSecrets(after)]
  const secretsBefore = before ? findSecrets(before) : new Set<string>()
  const fresh = secrets.filter((name) => !secretsBefore.has(name))
  add('parameter-secret', before ? 'high' : 'medium', fresh, 'takes the secret')
  if (before === undefined) return risks
  const open = [...secretsBefore].filter(
    (name) => parameterNames(after).includes(name) && !secrets.includes(name),
  )
  add('parameter-secret-opened', 'high', open, 'is no longer secret:')
  const [old, now] = [parameterNames(before), parameterNames(after)]
  add('parameter-removed', 'high', without(old, now), 'no longer takes')
  add('parameter-required', 'high', without(listRequired(after), listRequired(before)), 'now requires')
  const added = without(now, old).filter((name) => !listRequired(after).includes(name))
  add('parameter-added', 'low', added, 'also takes')
  const changed = now.filter(
    (name) => old.includes(name) && !isSame(meaning(before, name), meaning(after, name)),
  )
  add('parameter-changed', 'medium', changed, 'other values are right for')
  return risks
}

function without(names: readonly string[], others: readonly string[]): string[] {
  return names.filter((name) => !others.includes(name))
}

/** Required parameters without a default: only those must be given. */
function listRequired({ parameters = NONE }: TemplateManifest): string[] {
  const required: unknown[] = Array.isArray(parameters.required) ? parameters.required : []
  return required.filter(
    (name): name is string => typeof name === 'string' && findSchema(parameters, name)?.default === undefined,
  )
}

/** A parameter's schema without its texts for people. */
function meaning({ parameters = NONE }: TemplateManifest, name: string): unknown {
  const schema = findSchema(parameters, name)
  if (schema === undefined) return parameters.properties
  const {
    title: _title,
    description: _description,
    examples: _examples,
    $comment: _comment,
    ...rest
  } = schema
  return rest
}

function findSchema({ properties }: JsonObject, name: string): JsonObject | undefined {
  const schema = isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : undefined
  return isObject(schema) ? schema : undefined
}
