import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'

/**
 * A parameter's value from its text on the command line: the text itself if the schema allows a string, otherwise
 * JSON. Text that is not JSON stays text, so that the schema reports it.
 */
export function parameterFromText(definition: TemplateDefinition, name: string, text: string): unknown {
  const schema = (definition.manifest.parameters ?? {}) as JsonObject
  const properties = (schema.properties ?? {}) as JsonObject
  const property = Object.hasOwn(properties, name) ? properties[name] : undefined
  if (takesText(property, schema, new Map())) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** Schemas that are looked at for one parameter: each once, so that references cannot multiply them. */
const MOST_SCHEMAS = 500

/** Whether some text could be valid, as far as types and listed values tell. `cache`: answers for schemas so far. */
function takesText(schema: unknown, root: JsonObject, cache: Map<JsonObject, boolean>): boolean {
  if (!isObject(schema) || cache.size >= MOST_SCHEMAS) return true
  const answer = cache.get(schema)
  if (answer !== undefined) return answer
  // For a reference back to it.
  cache.set(schema, true)
  const takes = (one: unknown) => takesText(one, root, cache)
  const isTaken = formsTake(schema, takes, root)
  cache.set(schema, isTaken)
  return isTaken
}

function formsTake(
  { type, const: only, enum: values, $ref, anyOf, oneOf, allOf }: JsonObject,
  takes: (schema: unknown) => boolean,
  root: JsonObject,
): boolean {
  return (
    (type === undefined || [type].flat().includes('string')) &&
    (only === undefined || typeof only === 'string') &&
    (!Array.isArray(values) || values.some((value) => typeof value === 'string')) &&
    (typeof $ref !== 'string' || takes(referred($ref, root))) &&
    [anyOf, oneOf].every((forms) => !Array.isArray(forms) || forms.some(takes)) &&
    (!Array.isArray(allOf) || allOf.every(takes))
  )
}

/** What a reference inside of the schema leads to; undefined for any other. */
function referred(ref: string, root: JsonObject): unknown {
  if (!ref.startsWith('#/')) return undefined
  const steps = ref.slice(2).split('/')
  return steps.reduce<unknown>((at, step) => {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~')
    return isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined
  }, root)
}
