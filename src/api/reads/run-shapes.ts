import * as z from 'zod'

const count = z.int().min(0)
const instant = z.iso.datetime()

/** The states of a run. */
export const RUN_STATES = [
  'starting',
  'running',
  'paused',
  'interrupted',
  'done',
  'failed',
  'rolled-back',
  'rollback-failed',
  'unreadable',
] as const

const STEP_STATES = [
  'waiting',
  'running',
  'retrying',
  'interrupted',
  'unapproved',
  'done',
  'failed',
  'skipped',
  'not-run',
] as const

const lock = z.strictObject({ kind: z.string(), id: z.string(), version: z.int(), digest: z.string() })

/** A run in a list. */
export const runSummary = z.strictObject({
  runId: z.string(),
  state: z
    .enum(RUN_STATES)
    .describe(
      '`paused`: only an approval is missing. `interrupted`: no process executes it. `unreadable`: see `problem`.',
    ),
  problem: z.string().nullable().describe('What of its files cannot be read.'),
  planId: z.string().nullable(),
  template: lock.nullable(),
  env: z.string().nullable().describe('The preview of its plan.'),
  startedAt: instant.nullable(),
  updatedAt: instant.nullable().describe('The time of the last line of its journal.'),
  counts: z.partialRecord(z.enum(STEP_STATES), count).describe('The number of steps in each state.'),
  unapproved: z.array(z.string()).describe('Steps that wait for an approval now.'),
})

const attempt = z.strictObject({
  attempt: z.int(),
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  result: z.enum(['running', 'done', 'failed', 'interrupted']),
  error: z.string().optional(),
})

const task = z.strictObject({
  id: z.string().describe('The id of the step.'),
  agent: z
    .strictObject({ id: z.string(), version: z.int(), digest: z.string() })
    .nullable()
    .describe('The agent at the version that the plan is locked to.'),
  state: z.enum(STEP_STATES),
  attempts: z.array(attempt).describe('The last 20 attempts, oldest first.'),
  tries: count.describe('The number of all attempts.'),
  ms: z.number().describe('Milliseconds of all ended attempts.'),
  error: z.string().nullable(),
})

const step = task.extend({
  name: z.string(),
  dependsOn: z.array(z.string()),
  approval: z.enum(['none', 'manual']),
  sideEffects: z.enum(['none', 'reversible', 'irreversible']),
  outputs: z
    .array(
      z.strictObject({
        name: z.string(),
        text: z.string().describe('The beginning of the output: a text as it is, another value as JSON.'),
        length: count.describe('The number of characters of the whole output.'),
      }),
    )
    .describe('At most 4,000 characters of each, and 200,000 of all.'),
})

/** A run with its steps. */
export const runDetail = runSummary.extend({
  locks: z.array(lock),
  secrets: z.array(z.string()).describe('Names of secret parameters; no value is kept.'),
  steps: z.array(step),
  rollback: z.array(task).describe('What was undone, in order.'),
})

export const runList = z.strictObject({
  items: z.array(runSummary),
  nextCursor: z.string().nullable(),
  problem: z.string().nullable().describe('Why runs that are there may be missing.'),
})

/** Where a run stands in the list: when its inputs were written, ms since 1970, and its id. */
export const runPlace = z.strictObject({ at: z.number(), id: z.string() })

type PlaceInRuns = z.infer<typeof runPlace>

/** The runs that this place can see. */
export interface Runs {
  list(query: {
    limit: number
    after?: PlaceInRuns
    state?: (typeof RUN_STATES)[number]
    template?: string
    planId?: string
  }): Promise<{ items: z.infer<typeof runSummary>[]; next: PlaceInRuns | null; problem: string | null }>
  /** @returns undefined if the run does not exist */
  show(runId: string): Promise<z.infer<typeof runDetail> | undefined>
}
