import type { Pointer } from '../../../contract/diagnostic.ts'
import { isObject } from '../../../contract/is-object.ts'
import type { JsonObject } from '../../../contract/kind.ts'
import { OWN_KEY } from './own-values.ts'
import { FORM_URL } from './schema.ts'

/** One part of an older form of server.json, and what became of it. `at` is its place in the older form. */
export interface Lift {
  at: Pointer
  outcome: 'mapped' | 'approximated' | 'dropped'
  /** The field as it is written now, or why it is left out. */
  now: string
}

export interface Lifted {
  server: JsonObject
  lifts: Lift[]
}

/** Fields that were written with underscores until September 2025. */
const RENAMED: Readonly<Record<string, string>> = {
  website_url: 'websiteUrl',
  registry_type: 'registryType',
  registry_base_url: 'registryBaseUrl',
  file_sha256: 'fileSha256',
  runtime_hint: 'runtimeHint',
  runtime_arguments: 'runtimeArguments',
  package_arguments: 'packageArguments',
  environment_variables: 'environmentVariables',
  is_required: 'isRequired',
  is_secret: 'isSecret',
  is_repeated: 'isRepeated',
  value_hint: 'valueHint',
  transport_type: 'type',
  mime_type: 'mimeType',
}

/** Names under which earlier lists had the sorts of packages. */
const REGISTRIES: Readonly<Record<string, string>> = { docker: 'oci', 'docker-hub': 'oci', npmjs: 'npm' }
const STATUSES: Readonly<Record<string, string>> = {
  active: 'active',
  deprecated: 'deprecated',
  deleted: 'disabled',
}
const FORMS = /^https:\/\/static\.modelcontextprotocol\.io\/schemas\/[^/]+\/server\.schema\.json$/
/** Fields of an entry that its registry gave it. */
const OF_REGISTRY = ['id', 'is_latest', 'release_date', 'published_at', 'updated_at', 'created_at'] as const

/**
 * A server.json of any dated form, lifted to the newest one, with a row for each part that was written differently. What
 * has no meaning in either form stays, so that the schema reports it. The input is not changed.
 */
export function liftServer(raw: JsonObject): Lifted {
  const lifts: Lift[] = []
  const server = rename(raw, [], lifts) as JsonObject
  liftForm(server, lifts)
  liftVersion(server, lifts)
  dropRegistryFields(server, [], lifts)
  liftStatus(server, lifts)
  if (Array.isArray(server.packages)) server.packages = liftPackages(server.packages, lifts)
  if (Array.isArray(server.remotes))
    server.remotes = server.remotes.map((one, index) => liftTransport(one, ['remotes', index], lifts))
  return { server, lifts }
}

/** Renames keys everywhere but below `_meta`, which belongs to others, and but for names that an author chose. */
function rename(value: unknown, at: Pointer, lifts: Lift[]): unknown {
  if (Array.isArray(value)) return value.map((one, index) => rename(one, [...at, index], lifts))
  if (!isObject(value)) return value
  const hasAuthorKeys = at.at(-1) === 'variables'
  const result: JsonObject = Object.create(null)
  for (const [key, inner] of Object.entries(value)) {
    const now = !hasAuthorKeys && Object.hasOwn(RENAMED, key) ? RENAMED[key] : undefined
    const place = [...at, key]
    if (now !== undefined && !Object.hasOwn(value, now)) {
      lifts.push({ at: place, outcome: 'mapped', now: `"${now}"` })
      result[now] = rename(inner, place, lifts)
    } else result[key] = at.length === 0 && key === '_meta' ? inner : rename(inner, place, lifts)
  }
  return { ...result }
}

function liftForm(server: JsonObject, lifts: Lift[]): void {
  const { $schema } = server
  if (typeof $schema !== 'string' || $schema === FORM_URL || !FORMS.test($schema)) return
  server.$schema = FORM_URL
  lifts.push({ at: ['$schema'], outcome: 'mapped', now: `"${FORM_URL}"` })
}

/** `version_detail: {version, release_date, is_latest}` of the first lists. */
function liftVersion(server: JsonObject, lifts: Lift[]): void {
  const detail = server.version_detail
  if (!isObject(detail)) return
  const { version, ...rest } = detail
  if (version !== undefined && server.version === undefined) {
    server.version = version
    lifts.push({ at: ['version_detail', 'version'], outcome: 'mapped', now: '"version"' })
  }
  dropRegistryFields(rest, ['version_detail'], lifts)
  if (Object.keys(rest).length > 0) server.version_detail = rest
  else delete server.version_detail
}

function dropRegistryFields(fields: JsonObject, at: Pointer, lifts: Lift[]): void {
  for (const name of OF_REGISTRY) {
    if (fields[name] === undefined) continue
    delete fields[name]
    lifts.push({ at: [...at, name], outcome: 'dropped', now: 'the registry that lists the server sets it' })
  }
}

function liftStatus(server: JsonObject, lifts: Lift[]): void {
  const { status } = server
  if (typeof status !== 'string' || !Object.hasOwn(STATUSES, status)) return
  delete server.status
  const meta = isObject(server._meta) ? server._meta : {}
  const own = isObject(meta[OWN_KEY]) ? meta[OWN_KEY] : {}
  const place = `"_meta": {"${OWN_KEY}": {"status": …}}`
  lifts.push({ at: ['status'], outcome: 'mapped', now: place })
  // What is active needs no word.
  if (status === 'active' && own.status === undefined) return
  server._meta = { ...meta, [OWN_KEY]: { status: STATUSES[status], ...own } }
}

function liftPackages(packages: readonly unknown[], lifts: Lift[]): unknown[] {
  return packages.flatMap((one, index) => {
    if (!isObject(one)) return [one]
    const at = ['packages', index]
    const lifted = liftPackage({ ...one }, at, lifts)
    if (lifted.registryType !== 'unknown') return [lifted]
    lifts.push({ at, outcome: 'dropped', now: 'nothing says where the package "unknown" comes from' })
    return []
  })
}

function liftPackage(one: JsonObject, at: Pointer, lifts: Lift[]): JsonObject {
  const move = (from: string, to: string) => {
    if (one[from] === undefined || one[to] !== undefined) return
    one[to] = one[from]
    delete one[from]
    lifts.push({ at: [...at, from], outcome: 'mapped', now: `"${to}"` })
  }
  move('registry_name', 'registryType')
  move('name', 'identifier')
  const { registryType, version } = one
  if (typeof registryType === 'string' && Object.hasOwn(REGISTRIES, registryType)) {
    one.registryType = REGISTRIES[registryType]
    lifts.push({
      at: [...at, 'registry_type'],
      outcome: 'mapped',
      now: `"registryType": "${REGISTRIES[registryType]}"`,
    })
  }
  if (version === '') {
    delete one.version
    lifts.push({ at: [...at, 'version'], outcome: 'dropped', now: 'it is empty' })
  }
  if (one.registryType === 'oci') liftImage(one, at, lifts)
  if (one.transport === undefined && registryType !== 'unknown') {
    one.transport = { type: 'stdio' }
    lifts.push({
      at,
      outcome: 'approximated',
      now: '"transport": {"type": "stdio"}, which most packages have',
    })
  } else if (one.transport !== undefined)
    one.transport = liftTransport(one.transport, [...at, 'transport'], lifts)
  return one
}

/** The version of an image is part of its identifier since December 2025. */
function liftImage(one: JsonObject, at: Pointer, lifts: Lift[]): void {
  const { identifier, version } = one
  if (typeof identifier !== 'string' || typeof version !== 'string') return
  const name = identifier.slice(identifier.lastIndexOf('/') + 1)
  if (!/[:@]/.test(name)) {
    const isDigest = version.startsWith('sha256:')
    one.identifier = `${identifier}${isDigest ? '@' : ':'}${version}`
    lifts.push({
      at: [...at, 'version'],
      outcome: 'mapped',
      now: '"identifier", after the name of the image',
    })
  } else if (!name.endsWith(version)) return
  else lifts.push({ at: [...at, 'version'], outcome: 'mapped', now: '"identifier", which has it already' })
  delete one.version
}

const TRANSPORTS: Readonly<Record<string, string>> = {
  streamable: 'streamable-http',
  streamable_http: 'streamable-http',
  'streamable-http': 'streamable-http',
  http: 'streamable-http',
}

function liftTransport(transport: unknown, at: Pointer, lifts: Lift[]): unknown {
  if (!isObject(transport)) return transport
  const { type } = transport
  const now = typeof type === 'string' && Object.hasOwn(TRANSPORTS, type) ? TRANSPORTS[type] : type
  if (now === type) return transport
  lifts.push({ at: [...at, 'type'], outcome: 'mapped', now: `"type": ${JSON.stringify(now)}` })
  return { ...transport, type: now }
}
