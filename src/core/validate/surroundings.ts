import type { Description, Surroundings } from '../../contract/kind.ts'
import { nameOf } from '../../contract/name.ts'
import type { DefinitionFolder } from '../tree/collect.ts'
import { locateFolder, parseFolder, type WorkingTree } from '../tree/tree.ts'
import type { VerdictCache } from './verdict-cache.ts'

/** Asks the registry for a definition; `unknown` when it cannot be asked. */
export type AskRegistry = (kind: string, id: string) => Promise<Description | 'missing' | 'unknown'>

/** The state of a definition that others name; `broken`: it is in the tree and has errors. */
export type ReferenceTarget = Description | 'broken' | 'missing' | 'unknown'

/** The definitions around those that are checked: first the tree's, then the registry's. */
export interface TreeSurroundings extends Surroundings {
  /** How often `find` was called for a definition that only the registry has and that was not read yet. */
  readonly misses: number
  /** Asks the registry for all that was missed: `find` knows it from then on. */
  askForMissed(): Promise<void>
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
  const describe = createDescriber(tree, cache)
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
      if (present.has(name)) return describe(kind, id)
      const answer = elsewhere.get(name)
      if (answer === undefined) {
        misses++
        missed.set(name, { kind, id })
      }
      return typeof answer === 'object' ? answer : undefined
    },
    async askForMissed() {
      for (const { kind, id } of missed.values()) await askOnce(kind, id)
      missed.clear()
    },
    target(kind, id) {
      if (!present.has(nameOf({ kind, id }))) return askOnce(kind, id)
      const own = describe(kind, id)
      if (own?.status !== 'draft') return own ?? 'broken'
      return askOnce(kind, id).then((live) => (typeof live === 'object' ? live : own))
    },
  }
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

/** Describes definitions of the tree; undefined for one that has errors. */
function createDescriber(
  tree: WorkingTree,
  cache: VerdictCache | undefined,
): (kind: string, id: string) => Description | undefined {
  const described = new Map<string, Description | undefined>()
  return (kindId, id) => {
    const name = nameOf({ kind: kindId, id })
    if (!described.has(name)) {
      // Two that ask for each other see each other undescribed, once.
      described.set(name, undefined)
      const kind = tree.kinds.find((candidate) => candidate.id === kindId)
      const folder = kind && locateFolder(tree, kind, id)
      if (folder) described.set(name, describeFolder(folder, cache))
    }
    return described.get(name)
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
