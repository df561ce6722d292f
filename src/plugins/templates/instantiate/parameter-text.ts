import type { JsonObject } from '../../../contract/kind.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'

/**
 * A parameter's value from its text on the command line: the text itself if the schema allows a string, otherwise
 * JSON. Text that is not JSON stays text, so that the schema reports it.
 */
export function parameterFromText(item: TemplateDefinition, name: string, text: string): unknown {
  if (takesText(item.manifest.parameters as JsonObject | undefined, name)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function takesText(schema: JsonObject | undefined, name: string): boolean {
  const properties = (schema?.properties ?? {}) as JsonObject
  const property = Object.hasOwn(properties, name) ? (properties[name] as JsonObject) : undefined
  const { type, enum: values } = property ?? {}
  if (type !== undefined) return [type].flat().includes('string')
  return !Array.isArray(values) || values.some((value) => typeof value === 'string')
}
