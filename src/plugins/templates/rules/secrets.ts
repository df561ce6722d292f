import type { Finding, Pointer } from '../../../contract/diagnostic.ts'
import { dotted } from '../../../contract/fields/shown.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { makeFinding } from './catalogue.ts'

const MARK = 'x-secret'
/** Keywords whose values would be stored with the template. No message repeats them. */
const HOLDERS = ['default', 'examples', 'const', 'enum']

/** Checks that a mark is true or false, and that it is on a parameter or on something inside a parameter. */
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

/** Checks that a secret's schema contains no value of the secret. */
export function checkHolders(schema: JsonObject, path: Pointer, file: string, findings: Finding[]): void {
  for (const keyword of HOLDERS)
    if (Object.hasOwn(schema, keyword)) findings.push(leak(['parameters', ...path, keyword], file))
}

/** Checks that the values of all parameters together contain no value of a secret. */
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
