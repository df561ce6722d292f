import type { Diagnostic } from '../../contract/diagnostic.ts'
import { type Covers, nameOf } from '../../contract/name.ts'
import type { StageWatch } from '../progress.ts'
import { AheadReader, type StartReader } from '../reading/ahead-reader.ts'
import type { TrackedFiles } from '../reading/tracked-files.ts'
import { toNamed } from '../tree/collect.ts'
import { findFolders, type WorkingTree } from '../tree/tree.ts'
import { checkTree } from './check-tree.ts'
import { byPlace } from './locate.ts'
import { type AskRegistry, createSurroundings } from './surroundings.ts'
import type { VerdictCache } from './verdict-cache.ts'

/** What to validate, and what else is known. */
export interface ValidateOptions {
  /** False leaves a definition out; others may still refer to it. */
  selects?: Covers
  /** Asks the registry for a definition that the tree does not have live. */
  askRegistry: AskRegistry
  /** Verdicts of earlier runs over the same tree; new ones are saved. */
  cache?: VerdictCache | undefined
  /** Starts a thread that reads definitions from the disk ahead of the checks. */
  startReader?: StartReader | undefined
  /** Learns of all files that are read. */
  tracked?: TrackedFiles | undefined
}

/** All findings with their places, and how many definitions were looked at. */
export interface Validated {
  diagnostics: Diagnostic[]
  checked: number
}

/** Checks every selected definition of the tree, one in memory at a time. Never throws on content. */
export async function validate(
  tree: WorkingTree,
  { selects = () => true, askRegistry, cache, startReader, tracked }: ValidateOptions,
  watch: StageWatch,
): Promise<Validated> {
  const folders = findFolders(tree)
  const present = new Set(folders.map((folder) => nameOf(toNamed(folder))))
  const selected = folders.filter((folder) => selects(toNamed(folder)))
  const surroundings = createSurroundings(tree, present, askRegistry, cache)
  const diagnostics: Diagnostic[] = []
  // With verdicts of an earlier run, few definitions are read.
  const isCold = cache?.isEmpty ?? true
  const ahead = isCold && startReader ? AheadReader.open(selected, startReader, watch) : undefined
  try {
    for await (const checked of checkTree(tree, selected, surroundings, watch, { cache, ahead, tracked }))
      for (const diagnostic of checked.diagnostics) diagnostics.push(diagnostic)
  } finally {
    await ahead?.close()
  }
  cache?.save()
  return { diagnostics: diagnostics.sort(byPlace), checked: selected.length }
}
