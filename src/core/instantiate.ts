import { randomUUID } from 'node:crypto'
import type { Finding } from '../contract/diagnostic.ts'
import { canonicalJson, sha256 } from '../contract/digest.ts'
import { Failure } from '../contract/failure.ts'
import type { Definition, Description, Instance, JsonObject, Kind } from '../contract/kind.ts'
import { byName, nameOf } from '../contract/name.ts'
import { revisionState } from './diff/compare.ts'
import { isLive, type LiveHead } from './registry/live-head.ts'
import { describeSwitch, enableCommand } from './registry/operator-switch.ts'
import type { Head, InstanceRequest, LockedVersion, Registry, StoredInstance } from './registry/registry.ts'

/** The definition to instantiate, its parameters, and the caller. */
export interface InstantiateOptions {
  kind: Kind
  id: string
  /** Returns the parameters. It is called after the version of the definition is known. */
  parameters: (definition: Definition) => JsonObject
  actor: string
  /**
   * An idempotency key: a repeated key returns the first answer again. Without a key, every call makes an instance.
   */
  key?: string
  /** The principal that owns the key; the registry's owner if it is absent. */
  principal?: string
}

/** An instance with the versions that it is locked to. The optional fields are absent in a dry run. */
export interface MadeInstance extends Pick<InstanceRequest, 'source' | 'locks' | 'document'> {
  planId?: string
  createdAt?: string
  replayed?: boolean
}

/** The findings about the parameters, or the instance. */
export interface InstanceAttempt {
  findings: Finding[]
  instance?: MadeInstance
}

/** How often a plan is made again because the registry changed meanwhile. */
const ATTEMPTS = 3

/**
 * Makes an instance of the live version of a definition and stores it, locked to the versions that are live now.
 * @returns findings about the parameters, or the instance
 * @throws Failure NOT_FOUND, REFUSED (the definition is not live), USAGE (the kind has no instances), CONFLICT,
 * IDEMPOTENCY_MISMATCH
 */
export async function instantiate(registry: Registry, options: InstantiateOptions): Promise<InstanceAttempt> {
  const { key = randomUUID(), actor, principal } = options
  if (options.key !== undefined) {
    const before = await replay(registry, options, options.key)
    if (before) return { findings: [], instance: { ...before, replayed: true } }
  }
  for (let attempt = 1; ; attempt++) {
    const { findings, instantiated } = await make(registry, options)
    if (!instantiated) return { findings }
    try {
      const instance = await registry.instantiate({ ...instantiated, key, actor, principal })
      return { findings, instance }
    } catch (error) {
      const moved = error instanceof Failure && error.code === 'CONFLICT'
      if (!moved || attempt === ATTEMPTS) throw error
    }
  }
}

/** The same without storing the instance. */
export async function tryInstantiate(
  registry: Registry,
  options: InstantiateOptions,
): Promise<InstanceAttempt> {
  const { findings, instantiated } = await make(registry, options)
  return { findings, instance: instantiated }
}

type Made = Pick<InstanceRequest, 'source' | 'locks' | 'document' | 'hash'>

async function replay(
  registry: Registry,
  options: InstantiateOptions,
  key: string,
): Promise<StoredInstance | undefined> {
  const instance = await registry.findInstance(key, options.principal)
  if (!instance) return undefined
  const { kind, id } = options
  if (instance.source.kind === kind.id && instance.source.id === id) {
    const definition = await revisionState(registry, kind, id, instance.source.version)
    if (instance.hash === computeHash(options, options.parameters(definition), instance.document))
      return instance
  }
  throw new Failure(
    'IDEMPOTENCY_MISMATCH',
    `the key "${key}" made another instance (${instance.planId})`,
    'use a new key for a new instance',
  )
}

/** A hash of the request without the secrets, because the hash of a short secret would reveal it. */
function computeHash({ kind, id }: InstantiateOptions, parameters: JsonObject, document: JsonObject): string {
  const secret = new Set(Array.isArray(document.secrets) ? document.secrets : [])
  const open = Object.entries(parameters).filter(([name]) => !secret.has(name))
  return sha256(canonicalJson({ kind: kind.id, id, parameters: Object.fromEntries(open) }))
}

async function make(
  registry: Registry,
  options: InstantiateOptions,
): Promise<{ findings: Finding[]; instantiated?: Made }> {
  const { kind, id } = options
  if (!kind.instantiate)
    throw new Failure(
      'USAGE',
      `${kind.id} cannot be instantiated`,
      `see: nofx registry show ${nameOf({ kind: kind.id, id })}`,
    )
  const head = requireLive(await registry.head(kind.id, id), kind, id)
  const definition = await revisionState(registry, kind, id, head.version)
  const parameters = options.parameters(definition)
  const headReads = kind.references(definition).map((one) => registry.head(one.kind, one.id))
  const referencedHeads = await Promise.all(headReads)
  const live = byName(referencedHeads.filter(isLive))
  const find = (of: string, name: string): Description | undefined =>
    live.get(nameOf({ kind: of, id: name }))?.description
  const { findings, instance } = kind.instantiate(definition, parameters, { find })
  if (!instance) return { findings }
  const { document } = instance
  const source = { kind: kind.id, id, version: head.version, digest: head.liveDigest }
  const hash = computeHash(options, parameters, document)
  return {
    findings,
    instantiated: { source, locks: lockVersions(instance, live, referencedHeads), document, hash },
  }
}

function requireLive(head: Head | undefined, kind: Kind, id: string): LiveHead {
  if (isLive(head)) return head
  if (!head)
    throw new Failure(
      'NOT_FOUND',
      `the registry has no ${kind.singular} "${id}"`,
      `see: nofx registry list ${kind.id}`,
    )
  throw new Failure(
    'REFUSED',
    `${nameOf({ kind: kind.id, id })} is ${head.state === 'draft' ? 'a draft' : head.state}: nothing of it is live`,
    `see: nofx registry history ${nameOf({ kind: kind.id, id })}`,
  )
}

function lockVersions(
  { uses }: Instance,
  live: ReadonlyMap<string, LiveHead>,
  referencedHeads: readonly (Head | undefined)[],
): LockedVersion[] {
  return uses.map(({ kind, id }) => {
    const head = live.get(nameOf({ kind, id }))
    if (!head)
      throw notLive(
        { kind, id },
        referencedHeads.find((one) => one?.kind === kind && one.id === id),
      )
    return { kind, id, version: head.version, digest: head.liveDigest }
  })
}

function notLive(used: { kind: string; id: string }, head: Head | undefined): Failure {
  const name = nameOf(used)
  if (head?.disabled)
    return new Failure('CONFLICT', `${name} is ${describeSwitch(head.disabled)}`, enableCommand(used))
  return new Failure(
    'CONFLICT',
    `the plan needs ${name}, which is not live`,
    `publish it, or see: nofx registry history ${name}`,
  )
}

/**
 * An instance as answers show it: `{planId, createdAt, replayed, <singular>: {id, version, digest},
 * <kind>: [{<idField>, version, digest}], …document}`.
 */
export function instanceDocument(
  instance: MadeInstance,
  kinds: readonly Kind[],
): Pick<MadeInstance, 'planId' | 'createdAt' | 'replayed'> & JsonObject {
  const { planId, createdAt, replayed, source, locks, document } = instance
  const { kind: sourceKind, ...origin } = source
  const singular = kinds.find((kind) => kind.id === sourceKind)?.singular ?? sourceKind
  const used: Record<string, object[]> = {}
  for (const { kind: kindId, id, version, digest } of locks) {
    const idField = kinds.find((kind) => kind.id === kindId)?.idField ?? 'id'
    const list = used[kindId] ?? []
    used[kindId] = [...list, { [idField]: id, version, digest }]
  }
  return { planId, createdAt, replayed, [singular]: origin, ...used, ...document }
}
