import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { isObject } from '../../../contract/fields/older-layout.ts'
import { dotted } from '../../../contract/fields/shown.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { makeFinding } from './catalogue.ts'

const MARK = 'x-secret'
/** Keywords whose values would be kept with the template. No message repeats them. */
const HOLDERS = ['default', 'examples', 'const', 'enum']

/** A mark is true or false, and stands where it is seen: on a parameter, or on what is inside of one. */
export function checkMark(schema: JsonObject, path: Pointer, file: string, findings: Finding[]): void {
  if (!Object.hasOwn(schema, MARK)) return
  const pointer = ['parameters', ...path, MARK]
  if (typeof schema[MARK] !== 'boolean')
    findings.push(
      makeFinding(
        'NOFX_PARAMETER_SECRET',
        { file, pointer },
        `${dotted(pointer)} is neither true nor false`,
        'write true, or remove it',
      ),
    )
  else if (schema[MARK] && path[0] !== 'properties')
    findings.push(
      makeFinding(
        'NOFX_PARAMETER_SECRET',
        { file, pointer, key: true },
        `${dotted(pointer)} does not stand on a parameter, where it would be seen`,
        'write "x-secret": true on the parameter itself, beside "$ref" if there is one',
      ),
    )
}

/** No value of a secret stands in its schema. */
export function checkHolders(schema: JsonObject, path: Pointer, file: string, findings: Finding[]): void {
  for (const keyword of HOLDERS)
    if (Object.hasOwn(schema, keyword)) findings.push(leak(['parameters', ...path, keyword], file))
}

/** No value of a secret stands among those of all parameters together. */
export function checkWholes(
  parameters: JsonObject,
  secrets: ReadonlySet<string>,
  file: string,
  findings: Finding[],
): void {
  for (const keyword of HOLDERS) {
    const values = parameters[keyword]
    const isLeak = (value: unknown) => isObject(value) && Object.keys(value).some((name) => secrets.has(name))
    if ((Array.isArray(values) ? values : [values]).some(isLeak))
      findings.push(leak(['parameters', keyword], file))
  }
}

function leak(pointer: Pointer, file: string): Finding {
  return makeFinding(
    'NOFX_PARAMETER_SECRET',
    { file, pointer, key: true },
    `${dotted(pointer)} gives the value of a secret parameter away`,
    'remove it: a secret is given with each run',
  )
}
