import { type OutputUnit, validate } from '@cfworker/json-schema'
import type { Finding } from '../../../core/diagnostic.ts'
import { type JsonObject, PARAMETERS } from '../../../core/kind.ts'
import { type CompiledParameters, compileParameters } from './compile.ts'
import { fillDefaults, MOST_DEFAULTS } from './defaults.ts'
import { checkLimits } from './limits.ts'
import { report } from './rules.ts'
import { schemaFindings } from './schema-findings.ts'

/**
 * Everything that is wrong with values as parameters of a schema that `checkJsonSchema` has found nothing wrong with.
 * Absent values count as their defaults. Nothing of a secret's value is ever in a finding.
 * @param secretsLater whether required secrets may be absent: examples leave them out
 */
export function checkParameters(schema: JsonObject, values: JsonObject, secretsLater = false): Finding[] {
  const compiled = compileParameters(schema)
  const beyond = checkLimits(values, compiled.secrets)
  if (beyond.length > 0) return beyond
  // Objects without prototype: the validator asks `key in object`, and every object has a "toString" in it.
  const complete = fillDefaults(compiled, values, () => Object.create(null) as JsonObject)
  if (complete === undefined) return [TOO_MANY_DEFAULTS]
  const units = unitsOf(compiled, complete)
  if (units === undefined) return [TOO_MANY_FAULTS]
  return units.length === 0 ? [] : schemaFindings(units, { compiled, values: complete, secretsLater })
}

const TOO_MANY_DEFAULTS = report(
  'NOFX_PARAMETER_SIZE',
  { file: PARAMETERS, pointer: [] },
  `what is given would be filled up with more than ${MOST_DEFAULTS} defaults`,
  'give the values that have defaults inside',
)

const TOO_MANY_FAULTS = report(
  'NOFX_PARAMETER_INVALID',
  { file: PARAMETERS, pointer: [] },
  'what is given has more faults than can be listed',
  'correct the longest list or object',
)

/**
 * What the validator finds: everything, or the first fault where there are too many. It passes its units as arguments
 * of calls, and 100,000 of them overflow the stack.
 */
function unitsOf({ schema, targets }: CompiledParameters, values: JsonObject): OutputUnit[] | undefined {
  for (const isFirstOnly of [false, true])
    try {
      return validate(values, schema, '2020-12', targets, isFirstOnly).errors
    } catch (error) {
      if (!(error instanceof RangeError)) throw error
    }
  return undefined
}

/**
 * A copy of values with the schema's defaults for what is absent, those of nested properties included. The values are
 * those that `checkParameters` has found nothing wrong with.
 */
export function withDefaults(schema: JsonObject, values: JsonObject): JsonObject {
  return fillDefaults(compileParameters(schema), values, () => ({})) ?? values
}

/** Names of the parameters that `x-secret` marks, on themselves or on anything inside of them. */
export function secretNames(schema: JsonObject): ReadonlySet<string> {
  return compileParameters(schema).secrets
}
