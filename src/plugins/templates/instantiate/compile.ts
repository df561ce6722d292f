import type { JsonObject } from '../../../contract/kind.ts'
import { closeSchema } from '../../../contract/schemas/evaluate.ts'
import { inPlace } from '../../../contract/schemas/in-place.ts'
import { type Resolved, resolveSchema } from '../../../contract/schemas/resolve.ts'
import { holdsSecret } from '../../../contract/schemas/secret-mark.ts'

/** A schema of parameters, compiled once for all values that are checked against it. */
export interface CompiledParameters {
  /** The template's schema. Undeclared parameters are refused unless the schema says otherwise. */
  schema: Resolved
  /** Declared names, in order, including those of schemas that the schema is composed of. */
  names: readonly string[]
  secrets: ReadonlySet<string>
}

const compiled = new WeakMap<JsonObject, CompiledParameters>()

/** Compiles a schema that `checkJsonSchema` accepted. The result is cached as long as the schema object exists. */
export function compileParameters(schema: JsonObject): CompiledParameters {
  let cached = compiled.get(schema)
  if (cached === undefined) {
    cached = compile(schema)
    compiled.set(schema, cached)
  }
  return cached
}

function compile(schema: JsonObject): CompiledParameters {
  const resolved = resolveSchema(schema)
  const properties = (schema.properties ?? {}) as JsonObject
  return {
    schema: closeSchema(resolved),
    names: collectNames(resolved),
    secrets: new Set(Object.keys(properties).filter((name) => holdsSecret(properties[name]))),
  }
}

function collectNames(resolved: Resolved): string[] {
  const applied = new Set([resolved.root])
  const names = new Set<string>()
  // The set grows while it is walked.
  for (const schema of applied) {
    for (const name of Object.keys((schema.properties ?? {}) as JsonObject)) names.add(name)
    for (const next of inPlace(schema, resolved)) applied.add(next)
  }
  return [...names]
}
