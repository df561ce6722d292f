import { Failure } from '../../contract/failure.ts'
import type { JsonObject } from '../../contract/kind.ts'
import { parameterFromText } from '../../plugins/templates/instantiate/parameter-text.ts'
import { checkParameters } from '../../plugins/templates/instantiate/parameters.ts'
import type { TemplateDefinition } from '../../plugins/templates/manifest/schema.ts'
import { usedSecrets } from './references.ts'
import type { RunInputs } from './run-inputs.ts'

type ProcessEnvironment = Readonly<Record<string, string | undefined>>

/**
 * Values of a plan's secret parameters, from the environment: a parameter's variable is the one that `variables` gives it,
 * else the one with the parameter's name, else that name in capitals (`apiToken` is API_TOKEN). The values are checked
 * against the template's schema, since the plan was made without them.
 * @throws Failure USAGE, CONFIG (`detail.variable` is the missing variable), FINDINGS; no message holds a value
 */
export function readSecrets(
  { document, template }: RunInputs,
  variables: Readonly<Record<string, string>>,
  env: ProcessEnvironment,
): Record<string, unknown> {
  const stranger = Object.keys(variables).find((name) => !document.secrets.includes(name))
  if (stranger !== undefined)
    throw new Failure(
      'USAGE',
      `--secret names "${stranger}", which is not a secret parameter of the plan`,
      document.secrets.length > 0 ? `use one of: ${document.secrets.join(', ')}` : 'leave it out',
    )
  const schema = (template.manifest.parameters ?? {}) as JsonObject
  const required = new Set(Array.isArray(schema.required) ? schema.required : [])
  const used = new Set(usedSecrets(document))
  const values: Record<string, unknown> = {}
  for (const name of document.secrets) {
    const variable = secretVariable(name, variables, env)
    const text = env[variable]
    if (text) values[name] = parameterFromText(template as unknown as TemplateDefinition, name, text)
    else if (Object.hasOwn(variables, name)) throw unset(name)
    else if (required.has(name) && used.has(name)) throw missing(name, variable)
  }
  const [finding] = checkParameters(schema, { ...document.parameters, ...values }, true)
  if (finding) throw new Failure('FINDINGS', finding.message, finding.hint ?? 'give another value')
  return values
}

/** The environment variable that a secret parameter is taken from. */
export function secretVariable(
  name: string,
  variables: Readonly<Record<string, string>>,
  env: ProcessEnvironment,
): string {
  const capitals = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replaceAll('-', '_')
    .toUpperCase()
  return variables[name] ?? (env[name] ? name : capitals)
}

/** The given name of a variable may be the secret itself, by mistake: it is not repeated. */
function unset(name: string): Failure {
  return new Failure(
    'CONFIG',
    `the variable that --secret names for "${name}" is not set`,
    `set it, and write --secret ${name}=ITS_NAME`,
    { detail: { parameter: name } },
  )
}

function missing(name: string, variable: string): Failure {
  return new Failure(
    'CONFIG',
    `the plan needs the secret parameter "${name}", and ${variable} is not set`,
    `set ${variable}, or name another variable: --secret ${name}=VARIABLE`,
    { detail: { parameter: name, variable } },
  )
}

/** Every text inside of secret values, for the redactor. */
export function secretTexts(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  if (typeof value === 'number') return [String(value)]
  if (typeof value !== 'object' || value === null) return []
  return [JSON.stringify(value), ...Object.values(value).flatMap(secretTexts)]
}
