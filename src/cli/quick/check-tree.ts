import { fstatSync } from 'node:fs'
import { FAILURES } from '../../contract/failure.ts'
import type { Kind } from '../../contract/kind.ts'
import { shownPath } from '../../core/disk/shown-path.ts'
import type { StageWatch } from '../../core/progress.ts'
import { affectedBy } from '../../core/tree/affected.ts'
import { seenByGit } from '../../core/tree/disk-view.ts'
import { definitionsRoot, type Project } from '../../core/tree/project.ts'
import { selectFiles } from '../../core/tree/selection.ts'
import type { WorkingTree } from '../../core/tree/tree.ts'
import type { AskRegistry } from '../../core/validate/surroundings.ts'
import { type Validated, validate } from '../../core/validate/validate.ts'
import { openAskRegistry } from '../ask-registry.ts'
import { splitTreeWords } from '../definition/tree-words.ts'
import { interrupted } from '../failures/interrupted.ts'
import { sortKinds } from '../kinds.ts'
import { hasOwnRules } from '../plugins/guard-kind.ts'
import { renderSummary } from '../present/validated.ts'
import { forgetSignals, GRACE_MS, HEED_AFTER_MS, listenForSignals } from '../signals.ts'
import { readerStarter } from '../start-reader.ts'
import { usualProject } from './usual.ts'
import { writeText } from './write-text.ts'

/** What a check is made with. */
interface Check {
  /** The folder of the package. */
  root: string
  project: Project
  tree: WorkingTree
  askRegistry: AskRegistry
  watch: StageWatch
}

/**
 * Checks what `nofx validate` with these words checks, without loading oclif, and prints the counts. Returns false, and has
 * printed nothing, if there is more to say than that all is in order, or if a person watches it on a terminal: then the command
 * itself has to look.
 * @param root the folder of the package
 * @param words kinds, definitions and paths; everything without any
 * @param kinds nofx's own
 */
export async function checkTree(
  root: string,
  words: readonly string[],
  kinds: readonly Kind[],
): Promise<boolean> {
  if ([1, 2].some(isDevice)) return false
  const interrupt = new AbortController()
  const { signal } = interrupt
  const heed = setTimeout(() => listenForSignals(() => interrupt.abort()), HEED_AFTER_MS).unref()
  process.exitCode = FAILURES.BUG.exit
  try {
    const looked = await Promise.race([look(root, words, sortKinds(kinds), signal), overdue(signal)])
    if (looked === undefined || !writeText(`${renderSummary(looked)}\n`)) return false
    process.exitCode = 0
    return true
  } catch (error) {
    return signal.aborted && endInterrupted(error)
  } finally {
    // The command itself listens for signals in its own way.
    clearTimeout(heed)
    forgetSignals()
  }
}

async function endInterrupted(cause: unknown): Promise<true> {
  const { printFailure } = await import('../output.ts')
  const failure = interrupted(cause)
  printFailure(failure)
  process.exitCode = failure.exit
  return true
}

/** Whether it may be a terminal. */
function isDevice(fd: number): boolean {
  return process.platform === 'win32' || fstatSync(fd).isCharacterDevice()
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
  words: readonly string[],
  kinds: readonly Kind[],
  signal: AbortSignal,
): Promise<Validated | undefined> {
  const project = usualProject()
  if (!project) return undefined
  let isAlone = true
  const openRegistry = () => {
    isAlone = false
    return Promise.reject(new Error('the command itself asks the registry'))
  }
  const own = definitionsRoot(project)
  const check: Check = {
    ...{ root, project, tree: { root: own, shownPath: shownPath(own), kinds } },
    askRegistry: openAskRegistry(openRegistry, project.root),
    watch: { signal, emit: () => {} },
  }
  const looked = words.length === 0 ? await lookAtAll(check) : await lookAtFiles(check, words)
  return isAlone && looked?.diagnostics.length === 0 ? looked : undefined
}

async function lookAtAll({ root, project, tree, askRegistry, watch }: Check): Promise<Validated | undefined> {
  const { openAnswerCache, openVerdictCache } = await import('../../core/validate/open-verdict-cache.ts')
  const { validateWhole } = await import('../../core/validate/validate-whole.ts')
  const answers = openAnswerCache(project.root, tree, hasOwnRules)
  const openVerdicts = () => openVerdictCache(project.root, tree, hasOwnRules)
  const options = { askRegistry, openVerdicts, startReader: readerStarter(root) }
  const whole = await validateWhole(tree, answers, options, watch)
  return whole.checked > 0 && whole.unseen.length === 0 ? whole : undefined
}

async function lookAtFiles(
  { root, tree, askRegistry, watch }: Check,
  words: readonly string[],
): Promise<Validated | undefined> {
  const { kinds, paths } = splitTreeWords(tree.kinds, [...words], tree.root)
  if (kinds.length > 0 || paths.length === 0) return undefined
  const selection = selectFiles(paths, tree.kinds, tree.root, process.cwd())
  if (selection.names === 'all' || selection.ignored.length > 0) return undefined
  const covered = await seenByGit(tree, 'rules')
  const selects = affectedBy(covered, selection)
  return validate(covered, { selects, askRegistry, startReader: readerStarter(root) }, watch)
}
