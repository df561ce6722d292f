import type { Finding } from '../../../contract/diagnostic.ts'
import { type JsonObject, PARAMETERS } from '../../../contract/kind.ts'
import { evaluate } from '../../../contract/schemas/evaluate.ts'
import { Meter, MOST_STEPS } from '../../../contract/schemas/meter.ts'
import { compileParameters } from './compile.ts'
import { fillDefaults, MOST_DEFAULTS } from './defaults.ts'
import { checkLimits } from './limits.ts'
import { makeFinding } from './rules.ts'
import { schemaFindings } from './schema-findings.ts'

/**
 * Reports everything that is wrong with values as parameters of a schema that `checkJsonSchema` accepted. Absent
 * values count as their defaults. No finding contains any part of a secret's value.
 * @param secretsLater whether required secrets may be absent, as in examples
 * @param meter the steps that this may take; several checks may share a meter
 */
export function checkParameters(
  schema: JsonObject,
  values: JsonObject,
  secretsLater = false,
  meter: Meter = new Meter(),
): Finding[] {
  const compiled = compileParameters(schema)
  const beyond = checkLimits(values, compiled.secrets)
  if (beyond.length > 0) return beyond
  const complete = fillDefaults(compiled, values, meter)
  if (complete === 'too many') return [TOO_MANY_DEFAULTS]
  const faults = complete && evaluate(compiled.schema.root, complete, compiled.schema, meter)
  if (complete === undefined || faults === undefined) return [TOO_MUCH_WORK]
  return faults.length === 0 ? [] : schemaFindings(faults, { compiled, values: complete, secretsLater })
}

const TOO_MANY_DEFAULTS = makeFinding(
  'NOFX_PARAMETER_SIZE',
  { file: PARAMETERS, pointer: [] },
  `the parameters would be completed with more than ${MOST_DEFAULTS} defaults`,
  'give the values that have defaults inside',
)

const TOO_MUCH_WORK = makeFinding(
  'NOFX_PARAMETER_WORK',
  { file: PARAMETERS, pointer: [] },
  `checking the parameters against their schema would take more than ${MOST_STEPS} steps`,
  'give shorter lists and texts, or simplify the schema',
)

/**
 * A copy of values that `checkParameters` accepted, with the schema's defaults for absent ones, nested properties
 * included.
 */
export function withDefaults(schema: JsonObject, values: JsonObject): JsonObject {
  const filled = fillDefaults(compileParameters(schema), values, new Meter())
  return typeof filled === 'object' ? filled : values
}

/** Names of the parameters that `x-secret` marks, on the parameter or on anything inside it. */
export function secretNames(schema: JsonObject): ReadonlySet<string> {
  return compileParameters(schema).secrets
}
