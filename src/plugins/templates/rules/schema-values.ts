import { type Schema, validate } from '@cfworker/json-schema'
import { isObject } from '../../../core/contract/fields/older-layout.ts'
import { dotted } from '../../../core/contract/fields/shown.ts'
import { shownValue } from '../../../core/contract/shown-value.ts'
import type { Finding, Pointer } from '../../../core/diagnostic.ts'
import type { JsonObject } from '../../../core/kind.ts'
import { compileParameters } from '../instantiate/compile.ts'
import { report } from '../rules.ts'
import { surelyFits } from './surely-fits.ts'

/**
 * Defaults and examples that an author writes into a schema follow the schema that they stand in.
 * @param root of the parameters, in which `path` leads to the schema
 * @param isShown whether a message may show the value: one of all parameters may hold a secret
 */
export function checkSchemaValues(
  schema: JsonObject,
  path: Pointer,
  root: JsonObject,
  file: string,
  isShown: boolean,
): Finding[] {
  if (schema.default === undefined && schema.examples === undefined) return []
  const findings: Finding[] = []
  for (const [value, at] of valuesIn(schema)) {
    if (surelyFits(schema, value) || isValid(value, root, path)) continue
    const pointer = ['parameters', ...path, ...at]
    findings.push(
      report(
        'NOFX_PARAMETER_DEFAULT',
        { file, pointer },
        `${dotted(pointer)}${isShown ? ` ${shownValue(value)}` : ''} does not follow its own schema`,
        'change the value, or the schema that it stands in',
      ),
    )
  }
  return findings
}

function valuesIn(schema: JsonObject): [value: unknown, at: Pointer][] {
  const examples = Array.isArray(schema.examples) ? schema.examples : []
  const values: [unknown, Pointer][] = examples.map((value, index) => [value, ['examples', index]])
  if (schema.default !== undefined) values.push([schema.default, ['default']])
  return values
}

/** Asks the validator. The compiled copy has the shape of the original: the same way leads to the same schema. */
function isValid(value: unknown, root: JsonObject, path: Pointer): boolean {
  const { schema, targets } = compileParameters(root)
  let at: unknown = schema
  for (const part of path) at = isObject(at) || Array.isArray(at) ? (at as JsonObject)[part] : undefined
  return validate(value, (at ?? true) as Schema | boolean, '2020-12', targets).valid
}
