import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import * as z from 'zod'
import { Failure } from '../../contract/failure.ts'
import type { RunEvent } from './schedule.ts'

const task = z.object({ step: z.string(), undo: z.boolean() })
const at = z.string()
const ms = z.number()

/** A line about the process that executed the run and where it kept its files. */
const opened = z.object({
  type: z.literal('opened'),
  at,
  /** SHA-256 of `run.json`: the inputs of a run never change. */
  inputs: z.string(),
  /** The private folder of this process. */
  folder: z.string(),
})
const spawned = z.object({
  type: z.literal('spawned'),
  at,
  task,
  pid: z.int().positive(),
  /** Distinguishes the process from a later one with the same pid, on systems that provide it. */
  mark: z.optional(z.string()),
})

const line = z.discriminatedUnion('type', [
  opened,
  spawned,
  z.object({ type: z.literal('began'), at, task, attempt: z.int().positive() }),
  z.object({ type: z.literal('done'), at, task, ms, outputs: z.record(z.string(), z.unknown()) }),
  z.object({ type: z.literal('failed'), at, task, ms, error: z.string() }),
  z.object({ type: z.literal('cut'), at, task }),
  z.object({ type: z.literal('rested'), at, task }),
  z.object({ type: z.literal('skipped'), at, step: z.string() }),
  z.object({ type: z.literal('approved'), at, step: z.string() }),
  z.object({
    type: z.literal('finished'),
    at,
    state: z.enum(['done', 'failed', 'rolled-back', 'rollback-failed']),
  }),
])

/** A line of a journal: an event, and its time by this machine's clock. Nothing depends on the time. */
export type JournalLine = z.output<typeof line>
export type RunOpening = Omit<z.output<typeof opened>, 'at'>
export type Spawned = Omit<z.output<typeof spawned>, 'at'>

/** A run's journal: JSON Lines that are only ever appended to. */
export interface Journal {
  path: string
  /** The lines that were in the file when it was opened. */
  lines: readonly JournalLine[]
  /** Returns when the line is on the disk. */
  append(event: RunEvent | RunOpening | Spawned): void
  close(): void
}

/**
 * Opens a journal or creates it. An unfinished last line was being written when the process died: nothing has followed
 * from its event yet, and it is cut off.
 * @throws Failure INPUT_UNREADABLE when a line before the last is not a line of a journal
 */
export function openJournal(path: string): Journal {
  const fd = openSync(path, 'a+', 0o600)
  const text = readFileSync(fd, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) ftruncateSync(fd, Buffer.byteLength(whole))
  const lines = whole.split('\n').slice(0, -1)
  return {
    path,
    lines: lines.map((one, index) => parseLine(one, path, index + 1)),
    append(event) {
      // Written synchronously: a task's outputs may be read by another
      // process, and a runner started, as soon as this returns.
      writeSync(fd, `${JSON.stringify({ ...event, at: new Date().toISOString() })}\n`)
      fdatasyncSync(fd)
    },
    close: () => closeSync(fd),
  }
}

/** @throws SyntaxError, ZodError for a text that is not a line of a journal */
export const parseJournalLine = (text: string): JournalLine => line.parse(JSON.parse(text))

function parseLine(text: string, path: string, number: number): JournalLine {
  try {
    return parseJournalLine(text)
  } catch (cause) {
    throw unreadableLine(path, number, cause)
  }
}

/** @param number of the line, from 1 */
export function unreadableLine(path: string, number: number, cause?: unknown): Failure {
  return new Failure(
    'INPUT_UNREADABLE',
    `line ${number} of the run's journal cannot be read`,
    'start a new run: nofx worker run --plan <planId> --runner <command>',
    { at: `${path}:${number}`, cause },
  )
}
