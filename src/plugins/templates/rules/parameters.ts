import type { Finding } from '../../../contract/diagnostic.ts'
import { checkJsonSchema } from '../../../contract/fields/json-schema.ts'
import { quoted } from '../../../contract/fields/shown.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { KEYWORDS } from '../../../contract/schemas/json-schema-keywords.ts'
import { Meter } from '../../../contract/schemas/meter.ts'
import { NAME } from '../manifest/plan-schema.ts'
import type { TemplateDefinition } from '../manifest/schema.ts'
import { makeFinding } from './catalogue.ts'
import { eachSchema } from './each-schema.ts'
import { checkSchemaValues } from './schema-values.ts'
import { checkHolders, checkMark, checkWholes } from './secrets.ts'

const AT = ['parameters']

/**
 * Checks the schema of a template's parameters.
 * @returns whether values can be checked against the schema
 */
export function checkParameterSchema(
  definition: TemplateDefinition,
  secrets: ReadonlySet<string>,
  findings: Finding[],
): boolean {
  const { parameters } = definition.manifest
  if (parameters === undefined) return true
  const file = definition.manifestPath
  const before = findings.length
  checkJsonSchema(parameters, file, AT, findings)
  if (findings.length > before) return false
  checkIsObject(parameters, file, findings)
  checkNames(parameters, file, findings)
  const meter = new Meter()
  eachSchema(parameters, (schema, path) => {
    checkMark(schema, path, file, findings)
    const isSecret = path[0] === 'properties' && secrets.has(String(path[1]))
    if (isSecret) checkHolders(schema, path, file, findings)
    else {
      const isShown = path.length > 0 || secrets.size === 0
      findings.push(...checkSchemaValues(schema, { root: parameters, path, file, isShown, meter }))
    }
  })
  if (secrets.size > 0) checkWholes(parameters, secrets, file, findings)
  return true
}

function checkIsObject(parameters: JsonObject, file: string, findings: Finding[]): void {
  const { type, properties } = parameters
  const types = Array.isArray(type) ? type : [type]
  if (type !== undefined && (types.length !== 1 || types[0] !== 'object')) {
    findings.push(
      makeFinding(
        'NOFX_PARAMETERS_OBJECT',
        { file, pointer: [...AT, 'type'] },
        `parameters.type is ${JSON.stringify(type)}`,
        'write "object": every parameter has a name',
      ),
    )
    return
  }
  const stray = Object.keys(parameters).find((key) => !KEYWORDS.has(key) && isObject(parameters[key]))
  if (properties === undefined && stray !== undefined)
    findings.push(
      makeFinding(
        'NOFX_PARAMETERS_OBJECT',
        { file, pointer: [...AT, stray], key: true },
        `parameters is a schema without "properties", in which ${quoted(stray)} has no effect`,
        'write { "type": "object", "properties": { … } } and move it there',
      ),
    )
}

function checkNames(parameters: JsonObject, file: string, findings: Finding[]): void {
  for (const name of Object.keys((parameters.properties ?? {}) as JsonObject)) {
    const problem = !NAME.test(name)
      ? 'cannot stand in a placeholder'
      : name in Object.prototype
        ? 'is a name that JavaScript gives to every object'
        : name.length > 64
          ? 'is longer than 64 characters'
          : undefined
    if (problem === undefined) continue
    findings.push(
      makeFinding(
        'NOFX_PARAMETER_NAME',
        { file, pointer: [...AT, 'properties', name], key: true },
        `the parameter ${quoted(name)} ${problem}`,
        'use letters, digits, "_" and "-", such as "pull_request"',
      ),
    )
  }
}
