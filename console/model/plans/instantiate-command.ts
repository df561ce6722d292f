import { buildCommand, quoteWord } from '../moves/shell-command.ts'
import type { Field } from './form-of-schema.ts'

interface Given {
  kind: string
  id: string
  fields: readonly Field[]
  values: Readonly<Record<string, unknown>>
  env?: string
}

/** The values without secrets: those of a command come from variables. */
function openValues({ fields, values }: Given): [string, unknown][] {
  return Object.entries(values).filter(([key]) => !secretsOf(fields).includes(key))
}

const secretsOf = (fields: readonly Field[]) =>
  fields.filter(({ isSecret }) => isSecret).map(({ key }) => key)

/** The command that makes the same plan. */
export function instantiateCommand(given: Given): string {
  const { kind, id, fields, values, env } = given
  const open = openValues(given)
  const secrets = secretsOf(fields)
    .filter((key) => key in values)
    .map((key) => ` --param ${quoteWord(key)}="$${key.toUpperCase().replaceAll(/\W/g, '_')}"`)
    .join('')
  const words = ['nofx', kind, 'instantiate', id]
  const isSure = open.every(([key, value]) =>
    isReadBack(
      fields.find((field) => field.key === key),
      value,
    ),
  )
  if (!isSure)
    return `printf %s ${quoteWord(JSON.stringify(Object.fromEntries(open)))} | ${buildCommand(words, { params: '-', env })}${secrets}`
  const params = open.flatMap(([key, value]) => ['--param', `${key}=${print(value)}`])
  return `${buildCommand([...words, ...params], { env })}${secrets}`
}

/** The same over HTTP. */
export function instantiateRequest(given: Given, origin: string): string {
  const { kind, id, env, fields, values } = given
  const secrets = secretsOf(fields).filter((key) => key in values)
  const parameters = {
    ...Object.fromEntries(openValues(given)),
    ...Object.fromEntries(secrets.map((key) => [key, `<${key}>`])),
  }
  const query = env === undefined ? '' : `?env=${encodeURIComponent(env)}`
  return [
    'curl -sS -H "Authorization: Bearer $NOFX_TOKEN" -H "Content-Type: application/json"',
    `-d ${quoteWord(JSON.stringify({ parameters }))}`,
    quoteWord(`${origin}/api/${kind}/${id}/instantiate${query}`),
  ].join(' ')
}

/** Whether a flag of the command is read as the same value: texts as they are, everything else as JSON. */
function isReadBack(field: Field | undefined, value: unknown): boolean {
  switch (field?.shape) {
    case 'text':
      return typeof value === 'string'
    case 'choice':
      return field.options.every((option) => typeof option === typeof value)
    case 'number':
    case 'list':
    case 'group':
      return typeof value !== 'string'
    default:
      return false
  }
}

const print = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))
