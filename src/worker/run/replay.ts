import { setTimeout as sleep } from 'node:timers/promises'
import { type JournalLine, unreadableLine } from './journal.ts'
import { removeLeftover } from './private-folder.ts'
import type { RunFolder } from './run-folder.ts'
import { endGroup } from './run-process.ts'
import { advance, type RunProgress, startProgress, type Task } from './schedule.ts'

/** How processes are told apart. */
export interface Processes {
  /** Differs between two processes that had the same pid; undefined where the system does not tell. */
  startMark(pid: number): string | undefined
  isRunning(pid: number, mark: string | undefined): boolean
}

const POLL_MS = 20
/** A dead process whose parent never asks for its status still looks alive. */
const POLLS = 50

/**
 * How a run stands by its journal. What a killed process left behind goes first: runners that are still at work, which
 * would do it twice, and private folders.
 * @throws Failure INPUT_UNREADABLE for a line about a step that the plan does not have: somebody has changed it
 */
export async function replayRun(folder: RunFolder, processes: Processes): Promise<RunProgress> {
  const { inputs, journal, runId } = folder
  let progress = startProgress(inputs.document)
  const left = new Map<string, Extract<JournalLine, { type: 'spawned' }>>()
  const known = new Set([undefined, ...inputs.document.steps.map(({ id }) => id)])
  for (const [index, line] of journal.lines.entries()) {
    const step = 'task' in line ? line.task.step : 'step' in line ? line.step : undefined
    if (!known.has(step)) throw unreadableLine(journal.path, index + 1)
    if (line.type === 'opened') removeLeftover(line.folder, runId)
    else if (line.type === 'spawned') left.set(keyOf(line.task), line)
    else {
      if (line.type === 'done' || line.type === 'failed' || line.type === 'cut') left.delete(keyOf(line.task))
      progress = advance(inputs.document, progress, line)
    }
  }
  for (const { pid, mark } of left.values()) await endLeftover(pid, mark, processes)
  return progress
}

/** Without a mark nobody knows whose process it is by now, and it is left alone. */
async function endLeftover(pid: number, mark: string | undefined, processes: Processes): Promise<void> {
  if (mark === undefined || !processes.isRunning(pid, mark)) return
  endGroup(pid, 'SIGKILL')
  for (let poll = 0; poll < POLLS && processes.isRunning(pid, mark); poll++) await sleep(POLL_MS)
}

function keyOf({ step, undo }: Task): string {
  return `${undo ? 'undo' : 'step'} ${step}`
}
