import { setTimeout as sleep } from 'node:timers/promises'
import { type JournalLine, unreadableLine } from './journal.ts'
import { removeLeftover } from './private-folder.ts'
import type { RunFolder } from './run-folder.ts'
import { endGroup } from './run-process.ts'
import { advance, type RunProgress, type StepTask, startProgress } from './schedule.ts'

/** How processes are identified. */
export interface Processes {
  /** A value that differs between two processes with the same pid; undefined where the system does not provide it. */
  startMark(pid: number): string | undefined
  isRunning(pid: number, mark: string | undefined): boolean
}

const POLL_MS = 20
/** Limits the wait: a dead process whose parent never reads its status still looks alive. */
const POLLS = 50

/**
 * The progress of a run by its journal. Leftovers of a killed process are removed first: runners that are still at
 * work, which would do a step twice, and private folders.
 * @throws Failure INPUT_UNREADABLE for a line about a step that the plan does not have: the file was edited
 */
export async function replayRun(folder: RunFolder, processes: Processes): Promise<RunProgress> {
  const { inputs, journal, runId } = folder
  let progress = startProgress(inputs.document)
  const left = new Map<string, Extract<JournalLine, { type: 'spawned' }>>()
  const stepIds = new Set([undefined, ...inputs.document.steps.map(({ id }) => id)])
  for (const [index, line] of journal.lines.entries()) {
    const step = 'task' in line ? line.task.step : 'step' in line ? line.step : undefined
    if (!stepIds.has(step)) throw unreadableLine(journal.path, index + 1)
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

/** Without a mark the pid may belong to another process by now, so it is not ended. */
async function endLeftover(pid: number, mark: string | undefined, processes: Processes): Promise<void> {
  if (mark === undefined || !processes.isRunning(pid, mark)) return
  endGroup(pid, 'SIGKILL')
  for (let poll = 0; poll < POLLS && processes.isRunning(pid, mark); poll++) await sleep(POLL_MS)
}

function keyOf({ step, undo }: StepTask): string {
  return `${undo ? 'undo' : 'step'} ${step}`
}
