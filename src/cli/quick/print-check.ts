import { existsSync, fstatSync } from 'node:fs'
import { join } from 'node:path'
import type { Worker } from 'node:worker_threads'
import { FAILURES, type Failure } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { shownPath } from '../../core/disk/shown-path.ts'
import type { StageWatch } from '../../core/progress.ts'
import { affectedBy } from '../../core/tree/affected.ts'
import type { DiskView } from '../../core/tree/collect.ts'
import { readView, seenAs } from '../../core/tree/disk-view.ts'
import { definitionsRoot, type Project } from '../../core/tree/project.ts'
import { selectFiles } from '../../core/tree/selection.ts'
import type { WorkingTree } from '../../core/tree/tree.ts'
import type { AskRegistry } from '../../core/validate/surroundings.ts'
import type { TreeAnswer } from '../../core/validate/tree-answer-cache.ts'
import { type Validated, validate } from '../../core/validate/validate.ts'
import { openAskRegistry } from '../ask-registry.ts'
import { checkWhole } from '../check-whole.ts'
import { splitTreeWords } from '../definition/tree-words.ts'
import { interrupted } from '../failures/interrupted.ts'
import { sortKinds } from '../kinds.ts'
import { renderSummary } from '../present/validated.ts'
import { forgetSignals, GRACE_MS, HEED_AFTER_MS, listenForSignals } from '../signals.ts'
import { readerStarter } from '../start-reader.ts'
import { leaveLook } from './first-look.ts'
import { usualProject } from './usual.ts'
import { writeText } from './write-text.ts'

type LoadOwnKinds = (isNeeded: (id: string) => boolean) => Promise<Kind[]>

/** What a check takes from elsewhere. */
export interface CheckParts {
  /** Loads nofx's own kinds whose ids are needed. */
  loadOwnKinds: LoadOwnKinds
  /** Tells the user of a failure; only the whole program can do so. */
  printFailure: (failure: Failure) => void
  /** A thread that reads definitions, and waits for its order. */
  thread?: Worker | undefined
}

/** The only flag of a quick check. */
const NO_CACHE = '--no-cache'

/** What a check is made with. */
interface Check {
  /** The folder of the package. */
  root: string
  project: Project
  tree: WorkingTree
  askRegistry: AskRegistry
  watch: StageWatch
  /** Whether results of earlier runs are used, and kept. */
  isCached: boolean
  thread: Worker | undefined
}

/**
 * Checks what `nofx validate` with these words checks, without loading oclif, and prints the counts. Returns false, and has
 * printed nothing, if there is more to say than that all is in order, or if a person watches it on a terminal: then the command
 * itself has to look.
 * @param root the folder of the package
 * @param words kinds, definitions and paths, everything without any; and the flag for a check without caches
 */
export async function printCheck(
  root: string,
  words: readonly string[],
  parts: CheckParts,
): Promise<boolean> {
  if ([1, 2].some(isDevice)) return false
  const interrupt = new AbortController()
  const { signal } = interrupt
  const heed = setTimeout(() => listenForSignals(() => interrupt.abort()), HEED_AFTER_MS).unref()
  process.exitCode = FAILURES.BUG.exit
  try {
    const looked = await Promise.race([look(root, words, parts, signal), overdue(signal)])
    if (looked === undefined || !writeText(`${renderSummary(looked)}\n`)) return false
    process.exitCode = 0
    return true
  } catch (error) {
    if (!signal.aborted) return false
    const failure = interrupted(error)
    parts.printFailure(failure)
    process.exitCode = failure.exit
    return true
  } finally {
    // The command itself listens for signals in its own way.
    clearTimeout(heed)
    forgetSignals()
  }
}

/** Whether it may be a terminal, or is closed. */
function isDevice(fd: number): boolean {
  try {
    return process.platform === 'win32' || fstatSync(fd).isCharacterDevice()
  } catch {
    return true
  }
}

/** Rejects when the check continues for too long after a signal. */
function overdue(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => setTimeout(() => reject(interrupted(undefined)), GRACE_MS).unref())
  })
}

/** The result if all is in order, and there is nothing else to tell. */
async function look(
  root: string,
  line: readonly string[],
  { loadOwnKinds, thread }: CheckParts,
  signal: AbortSignal,
): Promise<Validated | undefined> {
  const project = usualProject()
  if (!project) return undefined
  const words = line.filter((word) => word !== NO_CACHE)
  let isAlone = true
  const openRegistry = () => {
    isAlone = false
    return Promise.reject(new Error('the command itself asks the registry'))
  }
  const own = definitionsRoot(project)
  // Git is at work while the kinds are loaded.
  const pendingView = words.length === 0 ? undefined : readView({ root: own }, 'rules')
  pendingView?.catch(() => {})
  // What is kept of a whole tree is about all kinds. A kind without a folder has nothing that a file may need.
  const loaded = await loadOwnKinds((id) => !areFiles(words) || existsSync(join(own, id)))
  const check: Check = {
    ...{ root, project, tree: { root: own, shownPath: shownPath(own), kinds: sortKinds(loaded) } },
    askRegistry: openAskRegistry(openRegistry, project.root),
    watch: { signal, emit: () => {} },
    isCached: words.length === line.length,
    thread,
  }
  const looked = pendingView ? await lookAtFiles(check, words, pendingView) : await lookAtAll(check)
  if (!isAlone || !looked) return undefined
  const isEmpty = words.length === 0 && looked.checked === 0
  if (!isEmpty && looked.diagnostics.length + looked.unseen.length === 0) return looked
  if (words.length === 0) leaveLook(looked)
  return undefined
}

/** Whether there are words, each of which is a path whatever the names of kinds are. */
function areFiles(words: readonly string[]): boolean {
  return words.length > 0 && words.every((word) => /[\\/.]/.test(word) && existsSync(word))
}

function lookAtAll({ project, tree, watch, ...rest }: Check): Promise<TreeAnswer> {
  return checkWhole(tree, { ...rest, projectRoot: project.root }, watch)
}

async function lookAtFiles(
  { root, tree, askRegistry, watch }: Check,
  words: readonly string[],
  pendingView: Promise<DiskView | undefined>,
): Promise<TreeAnswer | undefined> {
  const { kinds, paths } = splitTreeWords(tree.kinds, [...words], tree.root)
  if (kinds.length > 0 || paths.length === 0) return undefined
  const selection = selectFiles(paths, tree.kinds, tree.root, process.cwd())
  if (selection.names === 'all' || selection.ignored.length > 0) return undefined
  const view = await pendingView
  const covered = view ? seenAs(tree, view) : tree
  const selects = affectedBy(covered, selection)
  const options = { selects, askRegistry, startReader: readerStarter(root) }
  return { ...(await validate(covered, options, watch)), unseen: [] }
}
