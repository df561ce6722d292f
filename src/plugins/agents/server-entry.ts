import type { JsonObject } from '../../contract/kind.ts'
import type {
  CheckedServerManifest,
  NamedInput,
  ServerArgument,
  ServerPackage,
  ServerRemote,
} from '../servers/manifest/schema.ts'

/** An entry of `mcp.json`, and what the agent has to be given for it. */
export interface ServerEntry {
  name: string
  server: JsonObject
  secrets: string[]
  hosts: string[]
}

/** How packages of a registry are started: the program, its own arguments, and the text that names one version. */
const RUNNERS: Readonly<
  Record<string, { program: string; args: readonly string[]; spec(one: ServerPackage): string }>
> = {
  npm: { program: 'npx', args: ['-y'], spec: ({ identifier, version }) => `${identifier}@${version}` },
  pypi: { program: 'uvx', args: [], spec: ({ identifier, version }) => `${identifier}==${version}` },
  oci: { program: 'docker', args: ['run', '-i', '--rm'], spec: ({ identifier }) => identifier },
}

/**
 * The entry for a server: its first package that a worker can start, else its first remote. Values that only a user
 * knows are secrets of the agent, by the names of their variables. Undefined if no package and no remote fits.
 */
export function makeServerEntry(manifest: CheckedServerManifest): ServerEntry | undefined {
  const { name: whole, version, packages = [], remotes = [] } = manifest
  const name = whole
    .slice(whole.indexOf('/') + 1)
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .slice(0, 64)
  const from = `${whole}@${version}`
  const one = packages.find(
    ({ registryType, transport }) => Object.hasOwn(RUNNERS, registryType) && transport.type === 'stdio',
  )
  if (one) return startPackage(name, one, from)
  const [remote] = remotes
  return remote && callRemote(name, remote, from)
}

function startPackage(name: string, one: ServerPackage, from: string): ServerEntry | undefined {
  const runner = RUNNERS[one.registryType]
  if (!runner) return undefined
  const secrets = new Set<string>()
  const inputs = (one.environmentVariables ?? []).filter(isNeeded)
  for (const input of inputs) secrets.add(input.name)
  const values = (list: readonly ServerArgument[] = []) =>
    list.flatMap((argument) => fillArgument(argument, secrets))
  const isImage = one.registryType === 'oci'
  const args = [
    ...runner.args,
    ...(isImage ? inputs.flatMap((input) => ['-e', input.name]) : []),
    ...values(one.runtimeArguments),
    runner.spec(one),
    ...values(one.packageArguments),
  ]
  const env = Object.fromEntries(inputs.map((input) => [input.name, `\${${input.name}}`]))
  const server = {
    type: 'stdio',
    command: runner.program,
    args,
    ...(inputs.length > 0 ? { env } : {}),
    from,
  }
  return { name, server, secrets: [...secrets], hosts: [] }
}

/** A value that the server cannot do without; a default of the server needs no entry. */
function isNeeded({ isRequired, isSecret, value }: NamedInput): boolean {
  return isRequired === true || isSecret === true || value !== undefined
}

/** The words of an argument; an optional one without a value is left out. */
function fillArgument(argument: ServerArgument, secrets: Set<string>): string[] {
  const hint = argument.valueHint ?? (argument.type === 'named' ? argument.name : 'value')
  const own = argument.type === 'named' ? [argument.name] : []
  const value = argument.value ?? argument.default ?? argument.choices?.[0]
  if (value !== undefined && !/\{[^{}]+\}/.test(value)) return [...own, value]
  if (!argument.isRequired && !argument.isSecret && value === undefined)
    return argument.type === 'named' && argument.format === undefined && argument.valueHint === undefined
      ? own
      : []
  const secret = toSecretName(hint)
  secrets.add(secret)
  return [...own, `\${${secret}}`]
}

function callRemote(
  name: string,
  { type, url, headers = [], variables }: ServerRemote,
  from: string,
): ServerEntry {
  const needed = headers.filter((header) => isNeeded(header))
  const secretByHeader = needed.map(
    (header) => [header.name, wholeSecret(header) ?? toSecretName(`${name}_${header.name}`)] as const,
  )
  const host = /^https?:\/\/([^/:?#]+)/.exec(url)?.[1] ?? ''
  const server = {
    type,
    url,
    ...(secretByHeader.length > 0
      ? { headers: Object.fromEntries(secretByHeader.map(([header, secret]) => [header, `\${${secret}}`])) }
      : {}),
    ...(variables === undefined ? {} : { variables: fitVariables(variables) }),
    from,
  }
  // A variable in the host is any one label.
  const hosts = [host.includes('{') ? `*${host.slice(host.lastIndexOf('}') + 1)}` : host]
  return { name, server, secrets: secretByHeader.map(([, secret]) => secret), hosts }
}

/** Variables of a URL, with the fields that an agent's entry has. */
function fitVariables(variables: NonNullable<ServerRemote['variables']>): JsonObject {
  return Object.fromEntries(
    Object.entries(variables).map(([name, { description, default: value, choices }]) => [
      name,
      { ...(description && { description }), ...(value && { default: value }), ...(choices && { choices }) },
    ]),
  )
}

/** The variable that is all of a value, as it is already named. */
function wholeSecret({ value }: NamedInput): string | undefined {
  return /^\{([A-Za-z_]\w{0,63})\}$/.exec(value ?? '')?.[1]
}

function toSecretName(text: string): string {
  const name = text
    .replace(/[^A-Za-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .toUpperCase()
    .slice(0, 60)
  return /^[A-Z_]/.test(name) ? name : `VALUE_${name}`
}

/** The files of a new agent that uses servers: they are in its `mcp.json`, and it is given what they need. */
export function withServers(
  files: Readonly<Record<string, string>>,
  entries: readonly ServerEntry[],
): Record<string, string> {
  const manifest = JSON.parse(files['agent.json'] ?? '{}') as JsonObject
  const mcpServers = Object.fromEntries(entries.map(({ name, server }) => [name, server]))
  const secrets = [...new Set(entries.flatMap((entry) => entry.secrets))]
  const hosts = [...new Set(entries.flatMap((entry) => entry.hosts))]
  const permissions = {
    ...(hosts.length > 0 ? { network: true, hosts } : {}),
    ...(secrets.length > 0 ? { secrets } : {}),
  }
  const whole = {
    ...manifest,
    mcp: 'mcp.json',
    ...(Object.keys(permissions).length > 0 ? { permissions } : {}),
  }
  const toJson = (value: object) => `${JSON.stringify(value, null, 2)}\n`
  return { ...files, 'agent.json': toJson(whole), 'mcp.json': toJson({ mcpServers }) }
}
