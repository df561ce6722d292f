import type { Description, Surroundings } from '../../contract/kind.ts'
import { type Named, nameOf } from '../../contract/name.ts'
import { SILENT, type StageWatch } from '../progress.ts'
import type { DefinitionFolder } from '../tree/collect.ts'
import { readAhead } from '../tree/read-ahead.ts'
import { locateFolder, parseFolder, type WorkingTree } from '../tree/tree.ts'
import type { VerdictCache } from './verdict-cache.ts'

/** Asks the registry for a definition; `unknown` when it cannot be asked. */
export type AskRegistry = (kind: string, id: string) => Promise<Description | 'missing' | 'unknown'>

/** The state of a definition that others name; `broken`: it is in the tree and has errors. */
export type ReferenceTarget = Description | 'broken' | 'missing' | 'unknown'

/** The definitions around those that are checked: first the tree's, then the registry's. */
export interface TreeSurroundings extends Surroundings {
  /** How often `find` was called for a definition that was not read yet, of the registry or of git's objects. */
  readonly misses: number
  /** Asks git and the registry for all that was missed: `find` knows it from then on. */
  askForMissed(watch: StageWatch): Promise<void>
  /** In the tree or, for a draft there, what the registry has live of it. */
  target(kind: string, id: string): ReferenceTarget | Promise<ReferenceTarget>
}

/** Reads and describes other definitions on demand, each at most once. An unchanged one that `cache` has is not read. */
export function createSurroundings(
  tree: WorkingTree,
  present: ReadonlySet<string>,
  ask: AskRegistry,
  cache?: VerdictCache,
): TreeSurroundings {
  const describer = createDescriber(tree, cache)
  const has = (one: Named) => present.has(nameOf(one))
  const elsewhere = new Map<string, ReferenceTarget>()
  const missed = new Map<string, { kind: string; id: string }>()
  let misses = 0
  const askOnce = remembering(ask, elsewhere)
  return {
    get misses() {
      return misses
    },
    find(kind, id) {
      const name = nameOf({ kind, id })
      if (has({ kind, id }) && describer.isReady(kind, id)) return describer.describe(kind, id)
      const answer = elsewhere.get(name)
      if (answer === undefined) {
        misses++
        missed.set(name, { kind, id })
      }
      return typeof answer === 'object' ? answer : undefined
    },
    async askForMissed(watch) {
      const all = [...missed.values()]
      missed.clear()
      await describer.describeAll(all.filter(has), watch)
      for (const one of all) if (!has(one)) await askOnce(one.kind, one.id)
    },
    target: (kind, id) =>
      has({ kind, id }) ? findTarget(describer, { kind, id }, askOnce) : askOnce(kind, id),
  }
}

/** A definition of the tree; for a draft, what the registry has live of it. */
function findTarget(
  describer: Describer,
  { kind, id }: Named,
  ask: (kind: string, id: string) => Promise<ReferenceTarget>,
): ReferenceTarget | Promise<ReferenceTarget> {
  const target = () => {
    const own = describer.describe(kind, id)
    if (own?.status !== 'draft') return own ?? 'broken'
    return ask(kind, id).then((live) => (typeof live === 'object' ? live : own))
  }
  return describer.isReady(kind, id) ? target() : describer.describeAll([{ kind, id }], SILENT).then(target)
}

/** Asks once for each definition, and keeps the answer in `elsewhere`. */
function remembering(ask: AskRegistry, elsewhere: Map<string, ReferenceTarget>) {
  return async (kind: string, id: string): Promise<ReferenceTarget> => {
    const name = nameOf({ kind, id })
    const answer = elsewhere.get(name) ?? (await ask(kind, id))
    elsewhere.set(name, answer)
    return answer
  }
}

/** Describes definitions of the tree, each at most once. */
interface Describer {
  /** Whether a description needs no process of git. */
  isReady(kind: string, id: string): boolean
  /** Undefined for a definition that has errors. */
  describe(kind: string, id: string): Description | undefined
  /** Reads them from git's objects some at a time, so that all of them are ready. */
  describeAll(definitions: readonly Named[], watch: StageWatch): Promise<void>
}

function createDescriber(tree: WorkingTree, cache: VerdictCache | undefined): Describer {
  const described = new Map<string, Description | undefined>()
  const find = (kindId: string, id: string) => {
    const kind = tree.kinds.find((candidate) => candidate.id === kindId)
    return kind && locateFolder(tree, kind, id)
  }
  const describe = (kind: string, id: string) => {
    const name = nameOf({ kind, id })
    if (!described.has(name)) {
      // Two that ask for each other see each other undescribed, once.
      described.set(name, undefined)
      const folder = find(kind, id)
      if (folder) described.set(name, describeFolder(folder, cache))
    }
    return described.get(name)
  }
  return {
    describe,
    isReady(kind, id) {
      if (!tree.files || described.has(nameOf({ kind, id }))) return true
      const folder = find(kind, id)
      return folder === undefined || tree.files.isReady(folder)
    },
    async describeAll(definitions, watch) {
      const folders = definitions.flatMap(({ kind, id }) => find(kind, id) ?? [])
      for await (const folder of readAhead(tree, folders, watch)) describe(folder.kind.id, folder.id)
    },
  }
}

function describeFolder(folder: DefinitionFolder, cache: VerdictCache | undefined): Description | undefined {
  const stored = cache?.describe(folder)
  if (stored !== undefined) return stored
  const definition = parseFolder(folder)
  const description = definition && folder.kind.describe(definition)
  cache?.learn(folder, description)
  return description
}
