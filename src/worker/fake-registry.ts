import { digestOf, sha256 } from '../contract/digest.ts'
import { Failure } from '../contract/failure.ts'
import { statusIn } from '../contract/manifest/manifest-file.ts'
import { nameOf } from '../contract/name.ts'
import { createAnswers, createFind } from './answers.ts'
import type { WorkerRegistry } from './connect-registry.ts'
import {
  collectReaders,
  prove,
  type Readers,
  type WorkerKind,
  type WorkerRevision,
} from './connection/definition.ts'
import type { Pin } from './connection/read-registry.ts'
import type { CurrentState, DefinitionState } from './definitions/entry.ts'
import type { PinnedState } from './definitions/pinned.ts'
import type { Changed } from './feed/changes.ts'
import { lockPlan } from './lock-plan.ts'

/** A registry in memory, for tests of a runtime. It answers as a connection of `nofx/worker` does, at once. */
export interface FakeRegistry extends WorkerRegistry {
  /**
   * Publishes a version. `files` are the definition's texts by path, its manifest among them; an object is written as
   * JSON. The rules of `nofx validate` are not applied.
   * @throws Failure CONFIG when no file is a manifest
   */
  publish(
    kind: string,
    id: string,
    files: Readonly<Record<string, string | object>>,
  ): { version: number; digest: string }
  /** Removes a definition: its next answer is `removed`. */
  remove(kind: string, id: string): void
  /** Whether the registry can be reached. While it cannot, the last known definitions are answered, not fresh. */
  reachable: boolean
}

export interface FakeOptions {
  /** Kinds of plugins, as for `connectRegistry`. */
  kinds?: readonly WorkerKind[]
  /** Whether drafts are answered. */
  drafts?: boolean
}

/** Everything that a fake registry holds. */
interface FakeShelf {
  readers: Readers
  drafts: boolean
  revisions: Map<string, WorkerRevision[]>
  states: Map<string, DefinitionState>
  /** What a connection has read before, for the time in which the registry cannot be reached. */
  currentStates: Map<string, CurrentState>
  events: Changed[]
  /** Called when an event was added, or the registry was closed. */
  wake: Set<() => void>
  closed: boolean
  reachable: boolean
}

/** Creates an empty registry. */
export function createFakeRegistry({ kinds = [], drafts = false }: FakeOptions = {}): FakeRegistry {
  const readers = collectReaders(kinds)
  const shelf: FakeShelf = {
    ...{ readers, drafts, closed: false, reachable: true, events: [] },
    ...{ revisions: new Map(), states: new Map(), currentStates: new Map(), wake: new Set() },
  }
  const feed = {
    now: () => new Date().toISOString(),
    get cursor() {
      return shelf.events.length
    },
  }
  const findPinned = async (kind: string, id: string, pin: Pin) => pinned(shelf, nameOf({ kind, id }), pin)
  const isDisabled = async (kind: string, id: string) => stateOf(shelf, nameOf({ kind, id })) === 'disabled'
  const definitions = {
    find: async (kind: string, id: string) => current(shelf, nameOf({ kind, id }), feed),
  }
  return {
    ...createAnswers(createFind({ definitions, findPinned, feed }), readers),
    changes: (since = feed.cursor) => streamChanges(shelf, since),
    get cursor() {
      return feed.cursor
    },
    lock: (plan) =>
      lockPlan(plan, { findPinned, isDisabled, feed, withdrawn: { has: () => false }, readers }),
    async close() {
      shelf.closed = true
      for (const wake of shelf.wake) wake()
    },
    publish: (kind, id, files) => publish(shelf, kind, id, files),
    remove: (kind, id) => remove(shelf, kind, id),
    get reachable() {
      return shelf.reachable
    },
    set reachable(value) {
      shelf.reachable = value
    },
  }
}

function publish(
  shelf: FakeShelf,
  kind: string,
  id: string,
  files: Readonly<Record<string, string | object>>,
): { version: number; digest: string } {
  const name = nameOf({ kind, id })
  const earlier = shelf.revisions.get(name) ?? []
  const revision = buildRevision(shelf.readers, { kind, id, version: earlier.length + 1 }, files)
  shelf.revisions.set(name, [...earlier, revision])
  const before = shelf.states.get(name)
  const { version, digest, state } = revision
  if (state === 'disabled') shelf.states.set(name, { state })
  else if (state !== 'draft' || shelf.drafts) shelf.states.set(name, { state, revision })
  else return { version, digest }
  const isNew = before === undefined || !('revision' in before)
  const verb = state === 'disabled' ? 'removed' : isNew ? 'added' : 'updated'
  announce(shelf, { kind, id, version, digest: state === 'disabled' ? null : digest }, verb)
  return { version, digest }
}

function remove(shelf: FakeShelf, kind: string, id: string): void {
  const name = nameOf({ kind, id })
  const last = shelf.revisions.get(name)?.at(-1)
  if (!last) throw new Failure('NOT_FOUND', `${name} does not exist`, 'publish it first')
  shelf.states.set(name, { state: 'removed' })
  announce(shelf, { kind, id, version: last.version + 1, digest: last.digest }, 'removed')
}

function buildRevision(
  readers: Readers,
  definition: Pick<WorkerRevision, 'kind' | 'id' | 'version'>,
  contents: Readonly<Record<string, string | object>>,
): WorkerRevision {
  const asText = (content: string | object) =>
    typeof content === 'string' ? content : JSON.stringify(content)
  const texts = Object.fromEntries(Object.entries(contents).map(([path, one]) => [path, asText(one)]))
  const files = Object.entries(texts)
    .map(([path, text]) => ({ path, size: new TextEncoder().encode(text).length, sha256: sha256(text) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1))
  const digest = digestOf(definition.kind, definition.id, files)
  const draft: WorkerRevision = { ...definition, digest, state: 'draft', manifest: {}, texts, files }
  const read = prove(draft, readers)
  if (typeof read === 'string')
    throw new Failure(
      'CONFIG',
      `${nameOf(definition)} cannot be published: ${read}`,
      `give its ${readers[definition.kind]?.manifestFile ?? 'manifest, and its kind in the option kinds'}`,
    )
  const status = statusIn(read.manifest, readers[definition.kind]?.statusPlace)
  return { ...read, state: status as WorkerRevision['state'] }
}

function announce(
  shelf: FakeShelf,
  of: Pick<Changed, 'kind' | 'id' | 'version' | 'digest'>,
  verb: 'added' | 'updated' | 'removed',
): void {
  const singular = (shelf.readers[of.kind]?.manifestFile ?? of.kind).replace(/\.[a-z]+$/, '').toLowerCase()
  const seq = shelf.events.length + 1
  shelf.events.push({
    seq,
    type: `${singular}.${verb}`,
    ...of,
    releaseId: null,
    at: new Date().toISOString(),
  })
  for (const wake of shelf.wake) wake()
}

/** The live state; while the registry cannot be reached, the last one that was read. */
function current(
  shelf: FakeShelf,
  name: string,
  feed: { now(): string; cursor: number },
): CurrentState | undefined {
  const before = shelf.currentStates.get(name)
  if (!shelf.reachable) return before && { ...before, staleness: { ...before.staleness, fresh: false } }
  const staleness = { fresh: true, asOf: feed.now(), seq: feed.cursor }
  const state: CurrentState = { ...(shelf.states.get(name) ?? { state: 'not-found' }), staleness }
  shelf.currentStates.set(name, state)
  return state
}

function pinned(shelf: FakeShelf, name: string, { version, digest }: Pin): PinnedState {
  const revision = shelf.revisions
    .get(name)
    ?.findLast((one) => (version ?? one.version) === one.version && (digest ?? one.digest) === one.digest)
  if (!shelf.reachable && !shelf.currentStates.has(name)) return { state: 'unavailable' }
  if (revision?.state === 'disabled' || stateOf(shelf, name) === 'disabled') return { state: 'disabled' }
  if (revision && (shelf.drafts || revision.state !== 'draft')) return { state: 'found', revision }
  const state = shelf.states.get(name)?.state
  return { state: state === 'removed' || state === 'disabled' ? state : 'not-found' }
}

/** The present state; while the registry cannot be reached, the last one that was read. */
function stateOf(
  { reachable, currentStates, states }: FakeShelf,
  name: string,
): DefinitionState['state'] | undefined {
  return (reachable ? states : currentStates).get(name)?.state
}

async function* streamChanges(shelf: FakeShelf, since: number): AsyncGenerator<Changed, void, undefined> {
  for (let seq = since; !shelf.closed; ) {
    const event = shelf.events[seq]
    if (event === undefined) {
      await nextWake(shelf)
      continue
    }
    seq += 1
    yield event
  }
}

function nextWake({ wake }: FakeShelf): Promise<void> {
  return new Promise((resolve) => {
    const once = () => {
      wake.delete(once)
      resolve()
    }
    wake.add(once)
  })
}
