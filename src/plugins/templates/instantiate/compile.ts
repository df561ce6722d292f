import type { JsonObject } from '../../../contract/kind.ts'
import { closeSchema } from '../../../contract/schemas/evaluate.ts'
import { inPlace } from '../../../contract/schemas/in-place.ts'
import { type Resolved, resolveSchema } from '../../../contract/schemas/resolve.ts'
import { holdsSecret } from '../manifest/declared.ts'

/** A schema of parameters, made ready once for all the values it is asked about. */
export interface CompiledParameters {
  /** What the template declares; whatever is not declared is refused unless the schema says otherwise. */
  schema: Resolved
  /** Declared names, in order, those of what the schema is composed of included. */
  names: readonly string[]
  secrets: ReadonlySet<string>
}

const compiled = new WeakMap<JsonObject, CompiledParameters>()

/** Compiles a schema that `checkJsonSchema` has found nothing wrong with. Remembers it for as long as it lives. */
export function compileParameters(schema: JsonObject): CompiledParameters {
  let known = compiled.get(schema)
  if (known === undefined) {
    known = compile(schema)
    compiled.set(schema, known)
  }
  return known
}

function compile(schema: JsonObject): CompiledParameters {
  const resolved = resolveSchema(schema)
  const properties = (schema.properties ?? {}) as JsonObject
  return {
    schema: closeSchema(resolved),
    names: namesOf(resolved),
    secrets: new Set(Object.keys(properties).filter((name) => holdsSecret(properties[name]))),
  }
}

function namesOf(resolved: Resolved): string[] {
  const applied = new Set([resolved.root])
  const names = new Set<string>()
  // The set grows while it is walked.
  for (const schema of applied) {
    for (const name of Object.keys((schema.properties ?? {}) as JsonObject)) names.add(name)
    for (const next of inPlace(schema, resolved)) applied.add(next)
  }
  return [...names]
}
