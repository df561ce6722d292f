import { lstat } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { sha256 } from '../../contract/digest.ts'
import { definitionIdText, digestText } from '../../contract/protocol/answers.ts'
import { readDocument } from '../../plugins/templates/instantiate/read-document.ts'
import type { StoredPlan } from '../run/run-inputs.ts'
import { followJournal, type JournalStory } from './follow-journal.ts'
import { markFile, type PlainFile, readPlainFile } from './read-plain-file.ts'

/** Whether a process holds a run's lock file. */
export type IsHeld = (lock: string) => Promise<boolean>

/** A run's files at one moment. */
export interface RunFiles {
  inputs: PlainFile
  journal: PlainFile | undefined
  isHeld: boolean
}

/** What a run was started with. */
type RunStart = StoredPlan & { env: string | null }

/** What the files of a run tell. `plan` is absent when its inputs cannot be trusted. */
export interface RunTelling {
  plan?: RunStart
  story?: JournalStory
  isHeld: boolean
  problem?: string
}

/** A lock file is a line of JSON. */
const LOCK_BYTES = 64 * 1024

/**
 * Reads the files of a run, which its process may be writing.
 * @returns undefined when the folder has no run: its process has not written anything yet, or never did
 */
export async function readRunFiles(folder: string, isHeld: IsHeld): Promise<RunFiles | undefined> {
  const stats = await lstat(folder).catch(() => undefined)
  if (stats?.isSymbolicLink()) {
    const inputs = { problem: 'is in a folder that is a link, which is not followed' }
    return { inputs, journal: undefined, isHeld: false }
  }
  const inputs = await readPlainFile(join(folder, 'run.json'))
  if (inputs === undefined) return undefined
  // The lock comes first: a run that ends in between has its last line in the journal by then.
  const isExecuted = await holds(join(folder, 'lock'), isHeld)
  return { inputs, journal: await readPlainFile(join(folder, 'journal.jsonl')), isHeld: isExecuted }
}

/** Changes when something of a run does. */
export async function markRun(folder: string, isHeld: IsHeld): Promise<string> {
  const marks = await Promise.all(
    ['', 'run.json', 'journal.jsonl'].map((name) => markFile(join(folder, name))),
  )
  return [...marks, await holds(join(folder, 'lock'), isHeld)].join(', ')
}

/** A file that is not a lock file holds nothing; reading a pipe would wait for ever. */
async function holds(path: string, isHeld: IsHeld): Promise<boolean> {
  const file = await readPlainFile(path, LOCK_BYTES)
  return file?.text !== undefined && (await isHeld(path).catch(() => false))
}

/** What the files tell of a run. */
export function tellRun(runId: string, { inputs, journal, isHeld }: RunFiles): RunTelling {
  const plan = readPlan(runId, inputs)
  if (typeof plan === 'string')
    // A process that holds the lock without a journal is writing the inputs now.
    return { isHeld, problem: isHeld && journal === undefined ? undefined : plan }
  if (journal === undefined) return { plan, isHeld }
  if (journal.text === undefined) return { plan, isHeld, problem: `journal.jsonl ${journal.problem}` }
  const story = followJournal(journal.text, plan.document)
  if (story.inputs !== undefined && story.inputs !== sha256(inputs.text ?? ''))
    return { isHeld, problem: 'run.json was changed after it was written' }
  const problem =
    story.problem ?? (journal.cut ? 'journal.jsonl is too large to be read to its end' : undefined)
  return { plan, story, isHeld, problem }
}

const lock = z.object({
  kind: definitionIdText,
  id: definitionIdText,
  version: z.int().positive(),
  digest: digestText,
})

const runFile = z.object({
  runId: z.string(),
  settings: z.object({ env: z.string().max(64).optional() }),
  inputs: z.object({
    planId: z.uuid(),
    source: lock,
    locks: z.array(lock).max(1_000),
    document: z.unknown(),
  }),
})

/** The plan of a run; a text says why it cannot be read. Nothing else of the file is kept: it has the runner's command. */
function readPlan(runId: string, { text, problem, cut }: PlainFile): RunStart | string {
  if (text === undefined) return `run.json ${problem}`
  if (cut) return 'run.json is too large'
  const { data } = runFile.safeParse(parse(text))
  if (data?.runId !== runId) return 'run.json is not the file of this run'
  const document = readDocument(data.inputs.document)
  if (typeof document === 'string') return `the plan in run.json cannot be used: ${document}`
  return { ...data.inputs, document, env: data.settings.env ?? null }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
