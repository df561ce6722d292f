import * as z from 'zod'
import { SHA256 } from '../../contract/digest.ts'
import { Failure } from '../../contract/failure.ts'
import { commitShape } from '../../contract/protocol/sync.ts'
import { readInput } from '../disk/read-input.ts'
import { writeAtomically } from '../disk/write-atomically.ts'
import type { PublishPlan } from './publish-plan.ts'

const digest = z.string().regex(SHA256)

/** The parts of a plan file that applying reads. Diffs and risks are for people and are not checked. */
const planShape = z.looseObject({
  nofxPlan: z.literal(1),
  registry: z.string(),
  commit: commitShape,
  items: z.array(
    z.looseObject({
      kind: z.string(),
      id: z.string(),
      action: z.enum(['add', 'change', 'stale', 'held', 'refused']),
      digest,
      expectedVersion: z.int().min(0),
      risks: z.array(z.unknown()),
      breaks: z.array(z.string()),
      draft: z.literal(true).optional(),
    }),
  ),
  missing: z.array(
    z.object({ kind: z.string(), id: z.string(), expectedVersion: z.int(), requiredBy: z.array(z.string()) }),
  ),
  prune: z.boolean(),
  unhold: z.boolean(),
  draft: z.literal(true).optional(),
  unchanged: z.int(),
  published: z.int(),
})

/** Writes a plan for `readPlanFile`. A full disk does not leave a partial file. */
export function writePlanFile(path: string, plan: PublishPlan): void {
  writeAtomically(path, `${JSON.stringify(plan, null, 2)}\n`)
}

/**
 * Reads a plan that `--out` wrote.
 * @throws Failure INPUT_UNREADABLE if the file cannot be read, USAGE if it is not a plan
 */
export function readPlanFile(path: string): PublishPlan {
  const plan = planShape.safeParse(parse(path))
  if (plan.success) return plan.data as unknown as PublishPlan
  const [issue] = plan.error.issues
  throw new Failure(
    'USAGE',
    `${path} is not a plan: ${issue?.path.join('.') || 'document'}: ${issue?.message}`,
    'make one with: nofx registry publish --out plan.json',
    { at: path },
  )
}

function parse(path: string): unknown {
  const text = readInput(path).toString('utf8')
  try {
    return JSON.parse(text)
  } catch (cause) {
    const { message } = cause as SyntaxError
    throw new Failure('USAGE', `${path} is not JSON: ${message}`, 'make it again with --out', { at: path })
  }
}
